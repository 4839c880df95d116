package hv.partition.places;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The two sides of one section of saved state: filled by an attachment, or read back by one. Used by one thread. */
final class StateBuffer {
    static final int MAX_BYTES = 64 * 1024;
    static final int MAX_NAMES = 4096;

    /** Of all byte strings of one section. */
    static final int MAX_TOTAL_BYTES = 4 * 1024 * 1024;

    private StateBuffer() {}

    /** Collects a section. */
    static final class Writer implements StateWriter {
        private final Map<String, Long> values = new TreeMap<>();
        private final Map<String, byte[]> bytes = new TreeMap<>();
        private int totalBytes;

        @Override
        public void put(String name, long value) {
            if (values.putIfAbsent(name, value) != null || values.size() > MAX_NAMES) {
                throw new IllegalStateException("saved twice, or too much: " + name);
            }
        }

        @Override
        public void put(String name, byte[] content) {
            totalBytes += content.length;
            boolean isTooMuch = content.length > MAX_BYTES || totalBytes > MAX_TOTAL_BYTES || bytes.size() == MAX_NAMES;
            if (isTooMuch || bytes.putIfAbsent(name, content.clone()) != null) {
                throw new IllegalStateException("saved twice, or too much: " + name);
            }
        }

        boolean isEmpty() {
            return values.isEmpty() && bytes.isEmpty();
        }

        SavedState.Section section(String id, int vp, int version) {
            return new SavedState.Section(id, vp, version, values, bytes);
        }
    }

    /** Reads a section and remembers what was asked for. */
    static final class Reader implements StateReader {
        private final SavedState.Section section;
        private final Set<String> taken = new HashSet<>();

        Reader(SavedState.Section section) {
            this.section = section;
        }

        @Override
        public int version() {
            return section.version();
        }

        @Override
        public long get(String name) throws StateException {
            Long value = section.values().get(name);
            if (value == null) {
                throw new StateException(name + " is missing");
            }
            taken.add(name);
            return value;
        }

        @Override
        public long get(String name, long fallback) {
            taken.add(name);
            return section.values().getOrDefault(name, fallback);
        }

        @Override
        public byte[] bytes(String name) throws StateException {
            byte[] content = section.bytes().get(name);
            if (content == null) {
                throw new StateException(name + " is missing");
            }
            taken.add(name);
            return content.clone();
        }

        /** Complains about what nobody asked for; a newer writer may have known more than we do. */
        void finish(int knownVersion) throws StateException {
            if (section.version() > knownVersion) {
                return;
            }
            for (String name : section.values().keySet()) {
                complainUnlessTaken(name);
            }
            for (String name : section.bytes().keySet()) {
                complainUnlessTaken(name);
            }
        }

        private void complainUnlessTaken(String name) throws StateException {
            if (!taken.contains(name)) {
                throw new StateException(name + " is not known");
            }
        }
    }
}
