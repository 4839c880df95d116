package hv.api.machine;

import hv.api.SavedState;
import hv.api.StateException;
import java.util.HashMap;
import java.util.Map;

/**
 * One section of a saved machine ({@link StateSections}), whose contents are taken out one by one, so that what is
 * missing, out of range or left over is noticed and named. One thread.
 */
public final class SectionReader {
    private final String place;
    private final int version;
    private final Map<String, Long> values;
    private final Map<String, byte[]> bytes;

    SectionReader(String place, SavedState.Section section) {
        this.place = place;
        this.version = section.version();
        this.values = new HashMap<>(section.values());
        this.bytes = new HashMap<>(section.bytes());
    }

    static String printable(String text) {
        return text != null && text.matches("[!-~]{1,40}") ? text : "with a name that is none";
    }

    /** An exception whose message is the section's name followed by {@code what}. */
    public StateException bad(String what) {
        return new StateException(place + ": " + what);
    }

    /** The section's version, from 1 to what its reader knows. */
    public int version() {
        return version;
    }

    /** Takes a value. */
    public long value(String name) throws StateException {
        Long value = values.remove(name);
        if (value == null) {
            throw bad(name + " is missing");
        }
        return value;
    }

    /** Takes a value from {@code least} to {@code most}. */
    public long value(String name, long least, long most) throws StateException {
        long value = value(name);
        if (value < least || value > most) {
            throw bad("%s is 0x%x, and must be from %d to %d".formatted(name, value, least, most));
        }
        return value;
    }

    /** Takes a value from {@code least} to {@code most}. */
    public int value(String name, int least, int most) throws StateException {
        return (int) value(name, (long) least, (long) most);
    }

    /** Takes a value that is 0 or 1. */
    public boolean flag(String name) throws StateException {
        return value(name, 0, 1) == 1;
    }

    /** Takes the values {@code name0}, {@code name1} and so on. */
    public long[] values(String name, int count) throws StateException {
        long[] found = new long[count];
        for (int i = 0; i < count; i++) {
            found[i] = value(name + i);
        }
        return found;
    }

    /** Takes {@code size} bytes, a copy. */
    public byte[] bytes(String name, int size) throws StateException {
        byte[] found = taken(name);
        if (found.length != size) {
            throw bad("%s has %d bytes, and must have %d".formatted(name, found.length, size));
        }
        return found;
    }

    /** Takes {@code most} bytes or fewer, a copy. */
    public byte[] bytesUpTo(String name, int most) throws StateException {
        byte[] found = taken(name);
        if (found.length > most) {
            throw bad("%s has %d bytes, more than %d".formatted(name, found.length, most));
        }
        return found;
    }

    private byte[] taken(String name) throws StateException {
        byte[] found = bytes.remove(name);
        if (found == null) {
            throw bad(name + " is missing");
        }
        return found.clone();
    }

    /** Whether there is a value of this name that has not been taken. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * To be called when all has been taken.
     *
     * @throws StateException if something is left
     */
    public void end() throws StateException {
        if (!values.isEmpty() || !bytes.isEmpty()) {
            String name =
                    (values.isEmpty() ? bytes : values).keySet().iterator().next();
            throw bad("a value %s is unknown to this machine".formatted(printable(name)));
        }
    }
}
