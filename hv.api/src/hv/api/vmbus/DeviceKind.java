package hv.api.vmbus;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A kind of device: a stateless factory of devices for guests.
 *
 * <p>Implemented by one class of a device's bundle and registered as an OSGi service with the property
 * {@code hv.device=ID} (and for {@code ServiceLoader}); called by the bundle that keeps the places of devices, from any
 * thread. All that belongs to a guest is in the {@link VmbusDevice}s that it makes.
 */
@ConsumerType
public interface DeviceKind {
    /** The name of the service property that carries {@link #id}. */
    String PROPERTY = "hv.device";

    /** Its name in options and commands, as {@code heartbeat}: letters of the ASCII alphabet in lower case, digits. */
    String id();

    /** What it is, in a few words for people. */
    String title();

    /** What may be said in options when one is made, by name: each with a sentence for people. */
    default Map<String, String> options() {
        return Map.of();
    }

    /** The version of what its devices save; raised when a saved value changes its meaning. 1 or more. */
    default int stateVersion() {
        return 1;
    }

    /**
     * Makes a device. It may be that another version's device is in the place still: nothing of the guest is touched,
     * and nothing outside that only one can have, before {@link VmbusDevice#opened} or {@link VmbusDevice#resumed}.
     *
     * @throws IllegalArgumentException if an option is not what it must be, in one line that says what to write instead
     */
    VmbusDevice create(DeviceSite site);
}
