package hv.shutdown;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import org.osgi.service.component.annotations.Component;

/** Makes shutdown devices, which offer {@link hv.api.device.GuestShutdown}. No state; any thread. */
@Component(service = DeviceKind.class, property = "hv.device=shutdown")
@ServiceProvider(value = DeviceKind.class, resolution = "optional", effective = "active")
public final class ShutdownKind implements DeviceKind {
    @Override
    public String id() {
        return "shutdown";
    }

    @Override
    public String title() {
        return "has the guest power off or restart in good order";
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        return new Shutdown();
    }
}
