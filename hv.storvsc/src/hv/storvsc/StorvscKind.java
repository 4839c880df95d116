package hv.storvsc;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Component;

/** Makes controllers with disks, which offer {@link hv.api.device.GuestDisks}. No state; any thread. */
@Component(service = DeviceKind.class, property = "hv.device=storvsc")
@ServiceProvider(value = DeviceKind.class, resolution = "optional", effective = "active")
public final class StorvscKind implements DeviceKind {
    private static final String DISKS = "disks";

    @Override
    public String id() {
        return "storvsc";
    }

    @Override
    public String title() {
        return "disks";
    }

    @Override
    public Map<String, String> options() {
        return Map.of(DISKS, "the disks, one on each line, each as --disk takes it");
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        List<DiskText> disks = Stream.of(site.option(DISKS, "").split("\n"))
                .filter(line -> !line.isEmpty())
                .map(DiskText::parse)
                .toList();
        if (disks.size() > Luns.MOST) {
            throw new IllegalArgumentException("a controller has room for %d disks".formatted(Luns.MOST));
        }
        return new Storvsc(site.name(), disks);
    }
}
