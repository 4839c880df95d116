package hv.heartbeat;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import org.osgi.service.component.annotations.Component;

/** Makes heartbeat devices, which offer {@link hv.api.device.GuestHealth}. No state; any thread. */
@Component(service = DeviceKind.class, property = "hv.device=heartbeat")
@ServiceProvider(value = DeviceKind.class, resolution = "optional", effective = "active")
public final class HeartbeatKind implements DeviceKind {
    @Override
    public String id() {
        return "heartbeat";
    }

    @Override
    public String title() {
        return "tells whether the guest answers";
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        return new Heartbeat();
    }
}
