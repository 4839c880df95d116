package hv.api.vmbus;

import java.util.Map;
import java.util.Objects;

/**
 * Where a device is to be: what its {@link DeviceKind} is told when it makes one. Immutable.
 *
 * @param name its name in this guest, as {@code heartbeat} or {@code disk0}: the same whenever the same guest is
 *     started, and that of no other device of it
 * @param options what was asked for, by name
 */
public record DeviceSite(String name, Map<String, String> options) {
    /** Copies the options. */
    public DeviceSite {
        Objects.requireNonNull(name, "name");
        options = Map.copyOf(options);
    }

    /**
     * An option; {@code fallback} if it was not given.
     *
     * @param fallback may be null
     */
    public String option(String key, String fallback) {
        return options.getOrDefault(key, fallback);
    }
}
