package hv.snapshot;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import java.util.Map;
import java.util.TreeMap;

/**
 * The payload of a state section's frame. Names are in ascending order, so that each can be there once and equal states
 * are equal bytes. A name or a section version that nobody knows is no error here: whoever restores the section decides
 * that.
 */
final class SectionCodec {
    private SectionCodec() {}

    /** The payload of a section, within {@code budget}. */
    static byte[] encode(Section section, StateBudget budget) throws FormatException {
        if (section.values().size() > Bounds.NAMES || section.bytes().size() > Bounds.NAMES) {
            throw new FormatException("more than %d names".formatted(Bounds.NAMES));
        }
        ByteWriter out = new ByteWriter()
                .text(section.id(), Bounds.NAME_BYTES)
                .u32(section.vp())
                .u32(section.version())
                .u32(section.values().size());
        budget.once(section.id());
        for (Map.Entry<String, Long> value : section.values().entrySet()) {
            out.text(budget.name(value.getKey()), Bounds.NAME_BYTES).u64(value.getValue());
        }
        out.u32(section.bytes().size());
        for (Map.Entry<String, byte[]> bytes : section.bytes().entrySet()) {
            out.text(budget.name(bytes.getKey()), Bounds.NAME_BYTES).bytes(bytes.getValue());
        }
        byte[] payload = out.toArray();
        budget.section(payload.length);
        return payload;
    }

    /**
     * Reads one.
     *
     * @param vps number of VPs there are
     * @param budget of the file's state
     */
    static Section decode(ByteReader in, int vps, StateBudget budget) throws FormatException {
        budget.section(in.remaining());
        String id = budget.once(in.text("id", 1, Bounds.NAME_BYTES));
        int vp = in.u32("VP", SavedState.PARTITION, vps - 1);
        int version = in.u32("version", 1, Integer.MAX_VALUE);
        Map<String, Long> values = new TreeMap<>();
        String last = "";
        for (int left = in.u32("number of values", 0, Bounds.NAMES); left > 0; left--) {
            last = name(in, last, budget);
            values.put(last, in.u64());
        }
        Map<String, byte[]> bytes = new TreeMap<>();
        last = "";
        for (int left = in.u32("number of byte strings", 0, Bounds.NAMES); left > 0; left--) {
            last = name(in, last, budget);
            bytes.put(last, in.bytes());
        }
        in.finish();
        return new Section(id, vp, version, values, bytes);
    }

    private static String name(ByteReader in, String last, StateBudget budget) throws FormatException {
        String name = budget.name(in.text("a name", 1, Bounds.NAME_BYTES));
        if (name.compareTo(last) <= 0) {
            throw new FormatException("'%s' follows '%s': names are not in order".formatted(name, last));
        }
        return name;
    }

    /** What people call a section, as {@code synic/vp1}. */
    static String place(String id, int vp) {
        return vp == SavedState.PARTITION ? id : id + "/vp" + vp;
    }

    /** Which section a payload says it is, for messages; empty if it does not say. The payload may be damaged. */
    static String claim(byte[] payload, int length) {
        try {
            ByteReader in = new ByteReader(payload, length);
            String id = in.text("id", 1, Bounds.NAME_BYTES);
            return place(id, in.u32("VP", SavedState.PARTITION, Bounds.VPS));
        } catch (FormatException e) {
            return "";
        }
    }
}
