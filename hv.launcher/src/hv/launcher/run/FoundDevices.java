package hv.launcher.run;

import hv.api.device.Devices;
import java.util.Optional;
import org.osgi.framework.BundleContext;

/** What keeps the devices of guests, if it runs: most runs start without. Any thread. */
final class FoundDevices {
    private FoundDevices() {}

    /** The service as it is now. */
    static Optional<Devices> in(BundleContext context) {
        return Optional.ofNullable(context.getServiceReference(Devices.class)).map(context::getService);
    }
}
