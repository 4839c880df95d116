package hv.vss;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import org.osgi.service.component.annotations.Component;

/** Makes devices for freezing, which offer {@link hv.api.device.GuestFreeze}. No state; any thread. */
@Component(service = DeviceKind.class, property = "hv.device=vss")
@ServiceProvider(value = DeviceKind.class, resolution = "optional", effective = "active")
public final class VssKind implements DeviceKind {
    @Override
    public String id() {
        return "vss";
    }

    @Override
    public String title() {
        return "has the guest keep its file systems still while it is saved";
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        return new Vss();
    }
}
