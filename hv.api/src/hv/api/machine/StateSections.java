package hv.api.machine;

import hv.api.SavedState;
import hv.api.StateException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The sections of a saved machine, taken out one by one, so that what is missing, there twice, or left over is noticed.
 * They come from a file that may be damaged or made by an enemy: every method ends in a value or in a {@link
 * StateException} with one line that names the section. One thread.
 */
public final class StateSections {
    private final Map<Place, SavedState.Section> left = new HashMap<>();

    private record Place(String id, int vp) {
        @Override
        public String toString() {
            return vp == SavedState.PARTITION
                    ? "section %s".formatted(printable(id))
                    : "section %s of VP %d".formatted(printable(id), vp);
        }
    }

    /** @throws StateException if a section is there twice */
    public StateSections(SavedState state) throws StateException {
        for (SavedState.Section section : state.sections()) {
            Place place = new Place(section.id(), section.vp());
            if (left.put(place, section) != null) {
                throw new StateException(place + " is there twice");
            }
        }
    }

    private static String printable(String text) {
        return text != null && text.matches("[!-~]{1,40}") ? text : "with a name that is none";
    }

    /**
     * Takes a section.
     *
     * @param vp VP index, or {@link SavedState#PARTITION}
     * @param version the only one that is known
     * @throws StateException if it is missing or of another version
     */
    public Reader take(String id, int vp, int version) throws StateException {
        Place place = new Place(id, vp);
        SavedState.Section section = left.remove(place);
        if (section == null) {
            throw new StateException(place + " is missing");
        }
        if (section.version() != version) {
            throw new StateException("%s is of version %d, and %d is the only one that is known"
                    .formatted(place, section.version(), version));
        }
        return new Reader(place.toString(), section);
    }

    /** The version of a section that has not been taken; empty if there is none. For a reader that knows several. */
    public OptionalInt version(String id, int vp) {
        SavedState.Section section = left.get(new Place(id, vp));
        return section == null ? OptionalInt.empty() : OptionalInt.of(section.version());
    }

    /** The sections that have not been taken, in no order. */
    public SavedState rest() {
        return new SavedState(java.util.List.copyOf(left.values()));
    }

    /** @throws StateException if a section has not been taken */
    public void end() throws StateException {
        if (!left.isEmpty()) {
            throw new StateException(left.keySet().iterator().next() + " is unknown to this machine");
        }
    }

    /** One section, whose contents are taken out one by one too. One thread. */
    public static final class Reader {
        private final String place;
        private final Map<String, Long> values;
        private final Map<String, byte[]> bytes;

        private Reader(String place, SavedState.Section section) {
            this.place = place;
            this.values = new HashMap<>(section.values());
            this.bytes = new HashMap<>(section.bytes());
        }

        /** An error in this section: {@code what} goes on from its name. */
        public StateException bad(String what) {
            return new StateException(place + ": " + what);
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
        public int value(String name, int least, int most) throws StateException {
            long value = value(name);
            if (value < least || value > most) {
                throw bad("%s is 0x%x, and must be from %d to %d".formatted(name, value, least, most));
            }
            return (int) value;
        }

        /** Takes a value that is 0 or 1. */
        public boolean flag(String name) throws StateException {
            return value(name, 0, 1) == 1;
        }

        /** Takes {@code size} bytes, a copy. */
        public byte[] bytes(String name, int size) throws StateException {
            byte[] found = bytes.remove(name);
            if (found == null) {
                throw bad(name + " is missing");
            }
            if (found.length != size) {
                throw bad("%s has %d bytes, and must have %d".formatted(name, found.length, size));
            }
            return found.clone();
        }

        /** Whether there is a value of this name that has not been taken. */
        public boolean has(String name) {
            return values.containsKey(name);
        }

        /** @throws StateException if something has not been taken */
        public void end() throws StateException {
            if (!values.isEmpty() || !bytes.isEmpty()) {
                String name =
                        (values.isEmpty() ? bytes : values).keySet().iterator().next();
                throw bad("a value %s is unknown to this machine".formatted(printable(name)));
            }
        }
    }
}
