package hv.hosted;

import hv.api.SavedState.Section;
import hv.api.StateException;

/** One section of a machine's saved state as it is read: what is missing or out of range is named. Used by one thread. */
public final class StateSection {
    private final String place;
    private final Section section;

    StateSection(String place, Section section) {
        this.place = place;
        this.section = section;
    }

    /**
     * The value named {@code name}.
     *
     * @throws StateException if there is none
     */
    public long value(String name) throws StateException {
        Long value = section.values().get(name);
        if (value == null) {
            throw refuse(name + " is missing");
        }
        return value;
    }

    /**
     * The same within bounds.
     *
     * @throws StateException if there is none, or it is not {@code least} to {@code most}
     */
    public long value(String name, long least, long most) throws StateException {
        long value = value(name);
        if (value < least || value > most) {
            throw refuse("%s is %d, not %d to %d".formatted(name, value, least, most));
        }
        return value;
    }

    /** The same as yes or no: 1 or 0. */
    public boolean flag(String name) throws StateException {
        return value(name, 0, 1) == 1;
    }

    /** The values {@code name0}, {@code name1} and so on. */
    public long[] values(String name, int count) throws StateException {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = value(name + i);
        }
        return values;
    }

    /**
     * The bytes named {@code name}, a copy.
     *
     * @throws StateException if there are none, or more than {@code most}
     */
    public byte[] bytes(String name, int most) throws StateException {
        byte[] bytes = section.bytes().get(name);
        if (bytes == null) {
            throw refuse(name + " is missing");
        }
        if (bytes.length > most) {
            throw refuse("%s has %d bytes, more than %d".formatted(name, bytes.length, most));
        }
        return bytes.clone();
    }

    /** An exception that names the section. */
    public StateException refuse(String what) {
        return new StateException("section " + place + ": " + what);
    }
}
