package hv.partition.places;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.machine.SectionReader;
import java.util.Map;
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

    /** Shows a section to an attachment. */
    record Reader(SectionReader section) implements StateReader {
        @Override
        public int version() {
            return section.version();
        }

        @Override
        public long get(String name) throws StateException {
            return section.value(name);
        }

        @Override
        public long get(String name, long fallback) {
            try {
                return section.has(name) ? section.value(name) : fallback;
            } catch (StateException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public byte[] bytes(String name) throws StateException {
            return section.bytes(name);
        }
    }
}
