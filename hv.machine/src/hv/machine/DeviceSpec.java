package hv.machine;

import java.util.Map;
import java.util.Objects;

/**
 * A device that a guest is to have on its VMBus. Immutable.
 *
 * @param kind as {@code Devices.kinds} has it, such as {@code heartbeat}
 * @param name its name in this guest, and that of no other device of it
 * @param options what the kind wants to know, by name
 */
public record DeviceSpec(String kind, String name, Map<String, String> options) {
    /** Copies the options. */
    public DeviceSpec {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        options = Map.copyOf(options);
    }

    /** The only one of its kind, which it has its name from. */
    public static DeviceSpec of(String kind) {
        return new DeviceSpec(kind, kind, Map.of());
    }
}
