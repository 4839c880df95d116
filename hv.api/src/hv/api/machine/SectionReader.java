package hv.api.machine;

import hv.api.SavedState;
import hv.api.StateException;
import java.util.HashSet;
import java.util.Set;

/**
 * One section of a saved machine ({@link StateSections}), whose contents are asked for one by one, so that what is
 * missing, out of range or never asked for is noticed and named. One thread.
 */
public final class SectionReader {
    private final String place;
    private final SavedState.Section section;
    private final Set<String> taken = new HashSet<>();

    SectionReader(String place, SavedState.Section section) {
        this.place = place;
        this.section = section;
    }

    static String printable(String text) {
        return text != null && text.matches("[!-~]{1,40}") ? text : "with a name that is none";
    }

    /** An exception whose message is the section's name followed by {@code what}. */
    public StateException bad(String what) {
        return new StateException(place + ": " + what);
    }

    /** The same with the section's name in front, which what this reader has thrown has already. */
    public StateException named(StateException thrown) {
        String message = String.valueOf(thrown.getMessage());
        if (message.startsWith(place + ": ")) {
            return thrown;
        }
        StateException named = bad(message);
        named.initCause(thrown);
        return named;
    }

    /** The section's version, from 1 to what its reader knows. */
    public int version() {
        return section.version();
    }

    /** Takes a value. */
    public long value(String name) throws StateException {
        Long value = section.values().get(name);
        if (value == null) {
            throw bad(name + " is missing");
        }
        taken.add(name);
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

    /** Takes bytes of any length, a copy. */
    public byte[] bytes(String name) throws StateException {
        byte[] found = section.bytes().get(name);
        if (found == null) {
            throw bad(name + " is missing");
        }
        taken.add(name);
        return found.clone();
    }

    /** Takes {@code size} bytes, a copy. */
    public byte[] bytes(String name, int size) throws StateException {
        byte[] found = bytes(name);
        if (found.length != size) {
            throw bad("%s has %d bytes, and must have %d".formatted(name, found.length, size));
        }
        return found;
    }

    /** Takes {@code most} bytes or fewer, a copy. */
    public byte[] bytesUpTo(String name, int most) throws StateException {
        byte[] found = bytes(name);
        if (found.length > most) {
            throw bad("%s has %d bytes, more than %d".formatted(name, found.length, most));
        }
        return found;
    }

    /** Whether there is a value of this name. */
    public boolean has(String name) {
        return section.values().containsKey(name);
    }

    /**
     * To be called when all has been taken.
     *
     * @throws StateException if something is left
     */
    public void end() throws StateException {
        refuseUnlessTaken(section.values().keySet());
        refuseUnlessTaken(section.bytes().keySet());
    }

    private void refuseUnlessTaken(Set<String> names) throws StateException {
        for (String name : names) {
            if (!taken.contains(name)) {
                throw bad(printable(name) + " is not known");
            }
        }
    }
}
