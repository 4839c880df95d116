package hv.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The saved state of a partition's enlightenments: JDK types only, so that it outlives the bundles that wrote it.
 * Immutable; any thread.
 *
 * @param sections one per enlightenment and place
 */
public record SavedState(List<Section> sections) {
    /** Place of a section that belongs to the partition rather than to a VP. */
    public static final int PARTITION = -1;

    /** Copies the list. */
    public SavedState {
        sections = List.copyOf(sections);
    }

    /**
     * What one attachment saved.
     *
     * @param id the enlightenment, or {@code partition} for the partition's own registers
     * @param vp VP index, or {@link #PARTITION}
     * @param version the descriptor's state version
     * @param values registers and counters by name
     * @param bytes byte strings by name, owned by this record: do not change them
     */
    public record Section(String id, int vp, int version, Map<String, Long> values, Map<String, byte[]> bytes) {
        /** Copies the maps, sorted by name. */
        public Section {
            values = SectionMap.ofNumbers(values);
            bytes = SectionMap.ofBytes(bytes);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Section that
                    && id.equals(that.id)
                    && vp == that.vp
                    && version == that.version
                    && values.equals(that.values)
                    && printable(bytes).equals(printable(that.bytes));
        }

        @Override
        public int hashCode() {
            return java.util.Objects.hash(id, vp, version, values, printable(bytes));
        }

        @Override
        public String toString() {
            return "%s vp=%d v%d %s %s".formatted(id, vp, version, values, printable(bytes));
        }

        private static Map<String, String> printable(Map<String, byte[]> bytes) {
            Map<String, String> hex = new TreeMap<>();
            bytes.forEach(
                    (name, value) -> hex.put(name, java.util.HexFormat.of().formatHex(value)));
            return hex;
        }
    }
}
