package hv.api.machine;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.util.Map;
import java.util.TreeMap;

/**
 * The two sides of one section of saved state, for whoever keeps the places of enlightenments or devices: what is in
 * place fills one, and it or a successor reads it back. One thread.
 */
public final class StateBuffer {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_NAMES = 4096;

    private StateBuffer() {}

    /** Collects a section. */
    public static final class Writer implements StateWriter {
        private final Map<String, Long> values = new TreeMap<>();
        private final Map<String, byte[]> bytes = new TreeMap<>();
        private final long maxTotalBytes;
        private long totalBytes;

        /** @param maxTotalBytes of all byte strings of the section */
        public Writer(long maxTotalBytes) {
            this.maxTotalBytes = maxTotalBytes;
        }

        @Override
        public void put(String name, long value) {
            if (values.putIfAbsent(name, value) != null || values.size() > MAX_NAMES) {
                throw new IllegalStateException("saved twice, or too much: " + name);
            }
        }

        @Override
        public void put(String name, byte[] content) {
            totalBytes += content.length;
            boolean isTooMuch = content.length > MAX_BYTES || totalBytes > maxTotalBytes || bytes.size() == MAX_NAMES;
            if (isTooMuch || bytes.putIfAbsent(name, content.clone()) != null) {
                throw new IllegalStateException("saved twice, or too much: " + name);
            }
        }

        /** Whether nothing has been written. */
        public boolean isEmpty() {
            return values.isEmpty() && bytes.isEmpty();
        }

        /** What has been written, of a version of its writer. */
        public SavedState.Section section(String id, int vp, int version) {
            return new SavedState.Section(id, vp, version, values, bytes);
        }
    }

    /** Shows a section to an attachment. */
    public record Reader(SectionReader section) implements StateReader {
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
