package hv.explain;

import hv.api.CpuidRegister;
import hv.api.Flags;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Enlightenment;
import hv.explain.CpuidReading.Line;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Names of bits, nearest first: what the flags that were given say of them, then what any enlightenment says, then the
 * facts that belong to none. Used by one thread.
 */
final class BitNames {
    private final List<Owned> given = new ArrayList<>();
    private final List<CpuidBits> known = new ArrayList<>();

    private record Owned(CpuidBits bits, String flag) {}

    BitNames(Flags flags, Collection<String> enabled, Collection<? extends Enlightenment> enlightenments) {
        GivenFlags configuration = GivenFlags.of(flags, enabled, Traces.HOST);
        List<CpuidBits> possible = new ArrayList<>();
        for (Enlightenment enlightenment : enlightenments) {
            var descriptor = enlightenment.descriptor();
            possible.addAll(Traces.of(enlightenment).places());
            if (enabled.contains(descriptor.id())) {
                String flag = descriptor.options().stream()
                        .map(option -> option.flag())
                        .filter(configuration::has)
                        .collect(Collectors.joining(" "));
                enlightenment.cpuid(configuration).forEach(bits -> given.add(new Owned(bits, flag)));
            }
        }
        known.addAll(possible);
        known.addAll(facts());
    }

    /** What belongs to no enlightenment. */
    static List<CpuidBits> facts() {
        return Facts.table("cpuid.txt", 4).stream().map(BitNames::fact).toList();
    }

    static CpuidBits fact(String... row) {
        String[] bits = row[2].split(":");
        int high = Integer.parseInt(bits[0]);
        int low = Integer.parseInt(bits[bits.length - 1]);
        int mask = (int) ((1L << high - low + 1) - 1) << low;
        return new CpuidBits((int) Numbers.parse(row[0]).orElseThrow(), CpuidRegister.valueOf(row[1]), mask, 0, row[3]);
    }

    /** The bits of one register: each that is set, and each field that a flag owns. */
    List<Line> lines(int leaf, CpuidRegister register, int value, int expected) {
        List<Line> lines = new ArrayList<>();
        int left = ownedLines(leaf, register, value, expected, lines);
        for (CpuidBits bits : known) {
            boolean isHere = bits.leaf() == leaf && bits.register() == register && (bits.mask() & ~left) == 0;
            if (isHere && (value & bits.mask()) != 0) {
                lines.add(line(
                        leaf, register, bits.mask(), value, bits.name(), origin(value, expected, bits.mask(), "")));
                left &= ~bits.mask();
            }
        }
        int unnamed = value & left;
        while (unnamed != 0) {
            int bit = Integer.lowestOneBit(unnamed);
            lines.add(line(leaf, register, bit, value, "no name is known", CpuidReading.NO_FLAG));
            unnamed &= ~bit;
        }
        lines.sort(Comparator.comparingInt(
                line -> Integer.numberOfTrailingZeros(line.bits().mask())));
        return lines;
    }

    /** Lines of bits that flags own; gives the bits that are left. */
    private int ownedLines(int leaf, CpuidRegister register, int value, int expected, List<Line> lines) {
        int left = -1;
        for (Owned owned : given) {
            CpuidBits bits = owned.bits();
            if (bits.leaf() == leaf && bits.register() == register && (bits.mask() & ~left) == 0) {
                String flags = given.stream()
                        .filter(other -> Traces.isSamePlace(other.bits(), bits))
                        .map(Owned::flag)
                        .distinct()
                        .collect(Collectors.joining(" "));
                boolean isField = Integer.bitCount(bits.mask()) > 1;
                if (isField || (value & bits.mask()) != 0) {
                    lines.add(line(
                            leaf,
                            register,
                            bits.mask(),
                            value,
                            bits.name(),
                            origin(value, expected, bits.mask(), flags)));
                }
                left &= ~bits.mask();
            }
        }
        return left;
    }

    private static String origin(int value, int expected, int mask, String flags) {
        if ((value & mask) != (expected & mask)) {
            return CpuidReading.NO_FLAG;
        }
        return flags.isEmpty() ? CpuidReading.ALWAYS : flags;
    }

    private static Line line(int leaf, CpuidRegister register, int mask, int value, String name, String origin) {
        return new Line(new CpuidBits(leaf, register, mask, value & mask, name), origin);
    }
}
