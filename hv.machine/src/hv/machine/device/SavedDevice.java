package hv.machine.device;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.util.Map;
import java.util.Optional;

/**
 * A device with a state that a guest can change: one section of a saved machine. While every VP is stopped.
 */
public interface SavedDevice {
    /** The section's id. */
    String id();

    /** The section's version. Older ones are read too. */
    default int version() {
        return 1;
    }

    /** What it holds. */
    Section section();

    /**
     * Reads what {@link #section} gave, and changes nothing yet.
     *
     * @return puts it in place; cannot fail
     * @throws StateException if a value cannot be
     */
    Runnable read(SectionReader saved) throws StateException;

    /**
     * What to do for a machine that was saved before there was this device: puts it in place as that machine would have
     * it. Empty if its section must be there.
     */
    default Optional<Runnable> withoutSection() {
        return Optional.empty();
    }

    /** As after a reset of the board. */
    void reset();

    /** A section of values alone. */
    default Section section(Map<String, Long> values) {
        return new Section(id(), SavedState.PARTITION, version(), values, Map.of());
    }
}
