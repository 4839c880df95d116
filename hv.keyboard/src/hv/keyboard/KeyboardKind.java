package hv.keyboard;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import org.osgi.service.component.annotations.Component;

/** Makes keyboards, which offer {@link hv.api.device.GuestKeyboard}. No state; any thread. */
@Component(service = DeviceKind.class, property = "hv.device=keyboard")
@ServiceProvider(value = DeviceKind.class, resolution = "optional", effective = "active")
public final class KeyboardKind implements DeviceKind {
    @Override
    public String id() {
        return "keyboard";
    }

    @Override
    public String title() {
        return "a keyboard";
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        return new Keyboard();
    }
}
