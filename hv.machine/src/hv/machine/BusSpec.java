package hv.machine;

import java.util.List;

/**
 * The VMBus of a guest, with the devices that are on it from the start. Immutable.
 *
 * @param devices may be empty: then the guest finds a bus without devices, to which some can be added
 */
public record BusSpec(List<DeviceSpec> devices) {
    /** Copies the list. */
    public BusSpec {
        devices = List.copyOf(devices);
    }
}
