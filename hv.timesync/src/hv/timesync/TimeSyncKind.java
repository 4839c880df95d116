package hv.timesync;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import java.time.InstantSource;
import org.osgi.service.component.annotations.Component;

/** Makes devices that tell the time. No state; any thread. */
@Component(service = DeviceKind.class, property = "hv.device=timesync")
@ServiceProvider(value = DeviceKind.class, resolution = "optional", effective = "active")
public final class TimeSyncKind implements DeviceKind {
    private final InstantSource clock;

    /** For the component runtime and {@code ServiceLoader}: the host's time. */
    public TimeSyncKind() {
        this(InstantSource.system());
    }

    /** One whose devices tell the time of this clock. */
    public TimeSyncKind(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public String id() {
        return "timesync";
    }

    @Override
    public String title() {
        return "tells the guest what time it is";
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        return new TimeSync(clock);
    }
}
