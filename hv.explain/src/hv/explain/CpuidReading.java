package hv.explain;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * CPUID leaves bit by bit: what each bit that is set, and each field, is called and which flag it comes from.
 * Immutable.
 *
 * @param lines in the order of leaves, registers and bits
 */
public record CpuidReading(List<Line> lines) {
    /** Where bits come from that the partition sets whenever Hyper-V is announced. */
    public static final String ALWAYS = "always";

    /** Where bits come from that no flag sets. */
    public static final String NO_FLAG = "no hv flag";

    private static final Pattern PRINTABLE = Pattern.compile("[ -~]{1,4}");

    /**
     * A bit or a field.
     *
     * @param bits where it is, and its value
     * @param origin flags it comes from, {@link #ALWAYS} or {@link #NO_FLAG}
     */
    public record Line(CpuidBits bits, String origin) {
        /** The value for people: 1 for a bit, hex for a field, with its text if it is one. */
        public String value() {
            if (Integer.bitCount(bits.mask()) == 1) {
                return bits.value() == 0 ? "0" : "1";
            }
            int number = bits.value() >>> Integer.numberOfTrailingZeros(bits.mask());
            String hex = bits.mask() == -1 ? "0x%08x".formatted(number) : "0x%x".formatted(number);
            String text = text(number);
            return isText() && PRINTABLE.matcher(text).matches() ? "%s \"%s\"".formatted(hex, text) : hex;
        }

        /** Vendor and interface names are four letters a register. */
        private boolean isText() {
            boolean isVendor = (bits.leaf() & ~0x80) == 0x4000_0000 && bits.register() != CpuidRegister.EAX;
            return isVendor || (bits.leaf() & ~0x80) == 0x4000_0001 && bits.register() == CpuidRegister.EAX;
        }
    }

    /** Copies the list. */
    public CpuidReading {
        lines = List.copyOf(lines);
    }

    /** The leaves that a set of flags gives, each bit with its flag. */
    public static CpuidReading of(Verdict verdict, Collection<? extends Enlightenment> enlightenments) {
        return of(verdict.cpuid(), verdict.cpuid(), verdict.flags(), verdict.enabled(), enlightenments);
    }

    /**
     * Any leaves.
     *
     * @param seen the leaves
     * @param expected what the flags give; bits that differ come from no flag
     * @param flags flags in canonical form
     * @param enabled ids that they switch on
     * @param enlightenments those that are deployed
     */
    public static CpuidReading of(
            CpuidTable seen,
            CpuidTable expected,
            Flags flags,
            List<String> enabled,
            Collection<? extends Enlightenment> enlightenments) {
        BitNames names = new BitNames(flags, enabled, enlightenments);
        List<Line> lines = new ArrayList<>();
        for (CpuidTable.Leaf leaf : seen.leaves()) {
            for (CpuidRegister register : CpuidRegister.values()) {
                lines.addAll(
                        names.lines(leaf.leaf(), register, leaf.get(register), expected.get(leaf.leaf(), register)));
            }
        }
        return new CpuidReading(lines);
    }

    /**
     * What differs between two readings.
     *
     * @param bits where it is and what it is called
     * @param first value in the first, "-" if it is not there
     * @param second value in the second, "-" if it is not there
     * @param origin flags of the one that has more to say
     */
    public record Change(CpuidBits bits, String first, String second, String origin) {}

    /** All that differs, in order. */
    public List<Change> changes(CpuidReading other) {
        TreeMap<String, Line[]> pairs = new TreeMap<>();
        lines.forEach(line -> pairs.computeIfAbsent(key(line.bits()), unused -> new Line[2])[0] = line);
        other.lines.forEach(line -> pairs.computeIfAbsent(key(line.bits()), unused -> new Line[2])[1] = line);
        List<Change> changes = new ArrayList<>();
        for (Line[] pair : pairs.values()) {
            String first = pair[0] == null ? "-" : pair[0].value();
            String second = pair[1] == null ? "-" : pair[1].value();
            if (!first.equals(second)) {
                Line named =
                        pair[1] == null || pair[0] != null && pair[1].origin().equals(ALWAYS) ? pair[0] : pair[1];
                changes.add(new Change(named.bits(), first, second, named.origin()));
            }
        }
        return changes;
    }

    private static String key(CpuidBits bits) {
        return "%08x%d%02d%08x"
                .formatted(
                        bits.leaf(),
                        bits.register().ordinal(),
                        Integer.numberOfTrailingZeros(bits.mask()),
                        bits.mask());
    }

    /** The four bytes of a register, little-endian, without trailing NULs. */
    private static String text(int register) {
        StringBuilder text = new StringBuilder(4);
        for (int rest = register; rest != 0; rest >>>= Byte.SIZE) {
            text.append((char) (rest & 0xFF));
        }
        return text.toString();
    }
}
