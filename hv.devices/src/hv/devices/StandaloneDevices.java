package hv.devices;

import aQute.bnd.annotation.spi.ServiceConsumer;
import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.Release;
import hv.api.device.Devices;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.VmbusProvider;
import java.util.ServiceLoader;

/** Devices without OSGi: {@code ServiceLoader.load(Devices.class)} finds this, and it finds kinds and buses. */
@ServiceProvider(value = Devices.class, resolution = "optional", effective = "active")
@ServiceConsumer(value = DeviceKind.class, resolution = "optional", effective = "active")
@ServiceConsumer(value = VmbusProvider.class, resolution = "optional", effective = "active")
public final class StandaloneDevices extends DeviceService {
    /** Called by {@link ServiceLoader}. */
    public StandaloneDevices() {
        ClassLoader loader = StandaloneDevices.class.getClassLoader();
        ServiceLoader.load(VmbusProvider.class, loader)
                .forEach(provider -> deploy(provider, origin(provider.getClass()), Release.NONE));
        ServiceLoader.load(DeviceKind.class, loader)
                .forEach(kind -> deploy(kind, origin(kind.getClass()), Release.NONE));
    }

    /** Where a class came from when nobody knows better. */
    static String origin(Class<?> type) {
        return type.getModule().isNamed() ? type.getModule().getName() : type.getPackageName();
    }
}
