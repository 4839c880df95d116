package hv.explain;

import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What a number may be. One that is nothing known is nothing, and never taken apart as if it were. Immutable. */
final class NumberPages {
    private static final Pattern HEX = Pattern.compile("(?:0[xX])?[0-9a-fA-F`]{1,17}[hH]?");
    private static final int LARGEST_CODE = 0xFFFF;

    private final RegisterPages registers;
    private final LeafPages leaves;
    private final CallPages calls;
    private final StatusPages statuses;
    private final CrashPages crashes;
    private final WindowsCodes codes;

    NumberPages(
            RegisterPages registers,
            LeafPages leaves,
            CallPages calls,
            StatusPages statuses,
            CrashPages crashes,
            WindowsCodes codes) {
        this.registers = registers;
        this.leaves = leaves;
        this.calls = calls;
        this.statuses = statuses;
        this.crashes = crashes;
        this.codes = codes;
    }

    /**
     * All that a number can be. Without 0x it is read as decimal, and as hexadecimal, as people paste codes, where that
     * is a register, a leaf or a code of Windows.
     */
    List<Section> read(String text) {
        OptionalLong plain = Numbers.parse(text);
        List<Section> sections = new ArrayList<>();
        plain.ifPresent(number -> sections.addAll(known(number)));
        boolean isHex =
                HEX.matcher(text).matches() && !text.toLowerCase(Locale.ROOT).startsWith("0x");
        OptionalLong hex = isHex ? Numbers.hex(text) : OptionalLong.empty();
        if (hex.isPresent() && !(plain.isPresent() && plain.getAsLong() == hex.getAsLong())) {
            sections.addAll(sections.isEmpty() ? known(hex.getAsLong()) : codes(hex.getAsLong()));
        }
        return sections;
    }

    /** Whether it is written as a number, known or not. */
    static boolean isNumber(String text) {
        return Numbers.parse(text).isPresent() || HEX.matcher(text).matches() && Character.isDigit(text.charAt(0));
    }

    /** What a number is that nobody takes for a count or an address: a register, a leaf, a code of Windows. */
    List<Section> certain(long number) {
        List<Section> sections = new ArrayList<>();
        registers.numbered(number).ifPresent(sections::add);
        leaves.numbered(number).ifPresent(sections::add);
        codes.numbered(number).ifPresent(sections::add);
        return sections;
    }

    private List<Section> known(long number) {
        List<Section> sections = new ArrayList<>();
        Optional<Section> leaf = leaves.numbered(number);
        registers
                .numbered(number)
                .or(() -> leaf.isPresent() ? Optional.empty() : RegisterPages.unknown(number))
                .ifPresent(sections::add);
        leaf.ifPresent(sections::add);
        if (!sections.isEmpty()) {
            return sections;
        }
        calls.numbered(number).ifPresent(sections::add);
        statuses.numbered(number).ifPresent(sections::add);
        sections.addAll(codes(number));
        if (Long.compareUnsigned(number, LARGEST_CODE) > 0 && sections.isEmpty()) {
            sections.addAll(calls.words(number));
        }
        return sections;
    }

    private List<Section> codes(long number) {
        List<Section> sections = new ArrayList<>();
        crashes.code(number).ifPresent(sections::add);
        codes.numbered(number).ifPresent(sections::add);
        return sections;
    }
}
