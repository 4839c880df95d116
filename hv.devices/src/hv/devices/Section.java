package hv.devices;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.machine.SectionReader;
import java.util.Map;
import java.util.TreeMap;

/** The two sides of one section of saved state. One thread. */
final class Section {
    private static final int MOST_BYTES = 64 * 1024;
    private static final int MOST_NAMES = 4096;
    private static final int MOST_TOTAL_BYTES = 16 << 20;

    private Section() {}

    /** Collects a section. */
    static final class Writer implements StateWriter {
        private final Map<String, Long> values = new TreeMap<>();
        private final Map<String, byte[]> bytes = new TreeMap<>();
        private long totalBytes;

        @Override
        public void put(String name, long value) {
            if (values.size() >= MOST_NAMES || values.putIfAbsent(name, value) != null) {
                throw new IllegalStateException("saved twice, or too much: " + name);
            }
        }

        @Override
        public void put(String name, byte[] content) {
            totalBytes += content.length;
            boolean isTooMuch = content.length > MOST_BYTES || totalBytes > MOST_TOTAL_BYTES;
            if (isTooMuch || bytes.size() >= MOST_NAMES || bytes.putIfAbsent(name, content.clone()) != null) {
                throw new IllegalStateException("saved twice, or too much: " + name);
            }
        }

        SavedState.Section section(String id, int version) {
            return new SavedState.Section(id, SavedState.PARTITION, version, values, bytes);
        }
    }

    /** How many bytes a section has, roughly. */
    static long bytes(SavedState.Section section) {
        return section.bytes().values().stream().mapToLong(each -> each.length).sum()
                + (long) section.values().size() * Long.BYTES;
    }

    /** Shows a section to who has written it, or to a successor. */
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
