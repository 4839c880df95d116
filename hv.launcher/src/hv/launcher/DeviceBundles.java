package hv.launcher;

import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;

/** Which bundles have to do with devices on VMBus, told from the services that their manifests announce. Any thread. */
final class DeviceBundles {
    /** What keeps devices, what makes buses, what makes devices. */
    private static final List<String> SERVICES =
            List.of("hv.api.device.Devices", "hv.api.vmbus.VmbusProvider", "hv.api.vmbus.DeviceKind");

    private DeviceBundles() {}

    /** Whether a bundle, started or not, is one of them. */
    static boolean isOne(Bundle bundle) {
        String offered = bundle.getHeaders("").get(Constants.PROVIDE_CAPABILITY);
        return offered != null && SERVICES.stream().anyMatch(offered::contains);
    }
}
