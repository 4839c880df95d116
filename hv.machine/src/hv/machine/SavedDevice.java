package hv.machine;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.kvm.StateSections;
import java.util.Map;

/**
 * A device with a state that a guest can change: one section of a saved machine. While every VP is stopped.
 */
interface SavedDevice {
    /** The version of all devices' sections. */
    int VERSION = 1;

    /** The section's id. */
    String id();

    /** Its contents by name. */
    Map<String, Long> save();

    /**
     * Reads what {@link #save} gave, and changes nothing yet.
     *
     * @return puts it in place; cannot fail
     * @throws StateException if a value cannot be
     */
    Runnable read(StateSections.Reader saved) throws StateException;

    /** As after power-on. */
    void reset();

    /** The section. */
    default Section section() {
        return new Section(id(), SavedState.PARTITION, VERSION, save(), Map.of());
    }
}
