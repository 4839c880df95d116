package hv.testkit;

import hv.api.Release;
import hv.api.device.Devices;
import hv.api.vmbus.DeviceKind;
import java.lang.reflect.Method;
import java.util.ServiceLoader;

/**
 * What keeps devices, with a kind that is being tested: its announcement is written into its jar, and is not beside the
 * tests of its folder. Any thread.
 */
public final class DeviceDeployment {
    private DeviceDeployment() {}

    /**
     * The keeper of devices on the class path, to which {@code kind} is deployed as its container would.
     *
     * @param bundle the name of the bundle that the kind is said to come from
     */
    public static Devices with(DeviceKind kind, String bundle) {
        Devices devices = ServiceLoader.load(Devices.class).findFirst().orElseThrow();
        try {
            Method deploy = devices.getClass()
                    .getSuperclass()
                    .getDeclaredMethod("deploy", DeviceKind.class, String.class, Release.class);
            deploy.setAccessible(true);
            deploy.invoke(devices, kind, bundle, Release.NONE);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        return devices;
    }
}
