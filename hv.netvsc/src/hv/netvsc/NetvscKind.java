package hv.netvsc;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.osgi.service.component.annotations.Component;

/** Makes network adapters, which offer {@link hv.api.device.GuestNetwork}. No state; any thread. */
@Component(service = DeviceKind.class, property = "hv.device=netvsc")
@ServiceProvider(value = DeviceKind.class, resolution = "optional", effective = "active")
public final class NetvscKind implements DeviceKind {
    private static final String MAC = "mac";
    private static final String MTU = "mtu";

    /** The second byte's lowest bits: one of a group, and one that nobody has bought. */
    private static final long GROUP_BIT = 1L << 40;

    /** In front of addresses that are made from names, as QEMU's are. */
    private static final long OWN_MACS = 0x5254_0000_0000L;

    @Override
    public String id() {
        return "netvsc";
    }

    @Override
    public String title() {
        return "a network adapter";
    }

    @Override
    public Map<String, String> options() {
        Map<String, String> options = new HashMap<>(Backend.KINDS);
        options.put(MAC, "its address, as 52:54:00:12:34:56; made from its name unless it is given");
        options.put(MTU, "the longest packet that the guest may choose, from 68 to 65521");
        return options;
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        List<String> ends = Backend.KINDS.keySet().stream()
                .filter(kind -> site.options().containsKey(kind))
                .sorted()
                .toList();
        if (ends.size() > 1) {
            throw new IllegalArgumentException(
                    "a network is one of %s; leave all but one of them out".formatted(String.join(", ", ends)));
        }
        Backend backend = ends.isEmpty() ? Backend.NONE : Backend.of(ends.get(0), site.option(ends.get(0), ""));
        UUID instance = UUID.nameUUIDFromBytes(("hv.netvsc " + site.name()).getBytes(StandardCharsets.UTF_8));
        long mac = site.options().containsKey(MAC)
                ? mac(site.option(MAC, ""))
                : OWN_MACS | instance.getLeastSignificantBits() & 0xFF_FFFF;
        return new Netvsc(site.name(), instance, new Adapter(mac, mtu(site.option(MTU, ""))), backend);
    }

    private static long mac(String text) {
        if (text.matches("(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")) {
            long mac = Long.parseLong(text.replace(":", ""), 16);
            if ((mac & GROUP_BIT) == 0 && mac != 0) {
                return mac;
            }
        }
        throw new IllegalArgumentException(
                "mac= takes the address of one adapter, as 52:54:00:12:34:56, not '%s'".formatted(Backend.shown(text)));
    }

    private static int mtu(String text) {
        if (text.isEmpty()) {
            return Adapter.MOST_MTU;
        }
        if (text.matches("[0-9]{2,5}")) {
            int mtu = Integer.parseInt(text);
            if (mtu >= Adapter.LEAST_MTU && mtu <= Adapter.MOST_MTU) {
                return mtu;
            }
        }
        throw new IllegalArgumentException("mtu= takes a number from %d to %d, not '%s'"
                .formatted(Adapter.LEAST_MTU, Adapter.MOST_MTU, Backend.shown(text)));
    }
}
