package hv.kvp;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Component;

/** Makes devices for key-value pairs, which offer {@link hv.api.device.GuestPairs}. No state; any thread. */
@Component(service = DeviceKind.class, property = "hv.device=kvp")
@ServiceProvider(value = DeviceKind.class, resolution = "optional", effective = "active")
public final class KvpKind implements DeviceKind {
    private static final String ADAPTERS = "adapters";
    private static final int MOST_ADAPTERS = 16;
    private static final Pattern MAC = Pattern.compile("[0-9A-F]{2}(:[0-9A-F]{2}){5}");

    @Override
    public String id() {
        return "kvp";
    }

    @Override
    public String title() {
        return "has the guest tell its name, system and addresses, and gives it values";
    }

    @Override
    public Map<String, String> options() {
        return Map.of(
                ADAPTERS,
                "MAC addresses of network adapters that the guest is asked the IP addresses of, with + between");
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        site.options().keySet().stream()
                .filter(name -> !name.equals(ADAPTERS))
                .findFirst()
                .ifPresent(unknown -> {
                    throw new IllegalArgumentException("kvp has no option of that name; it has " + ADAPTERS);
                });
        String adapters = site.option(ADAPTERS, "");
        List<String> macs = adapters.isEmpty()
                ? List.of()
                : Stream.of(adapters.toUpperCase(Locale.ROOT).split("\\+", -1)).toList();
        if (macs.size() > MOST_ADAPTERS || !macs.stream().allMatch(MAC.asMatchPredicate())) {
            throw new IllegalArgumentException(
                    "adapters takes 1 to %d MAC addresses with + between, as 00:15:5D:00:00:01+00:15:5D:00:00:02"
                            .formatted(MOST_ADAPTERS));
        }
        return new Kvp(macs);
    }
}
