package hv.explain;

import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of kernels and QEMU about an MSR that was refused or ignored. Immutable. */
final class MsrTexts implements TextReader {
    private static final int MOST = 16;

    /** KVM's log on the host, a Linux guest's complaint, and QEMU's. */
    private static final Pattern LINE = Pattern.compile(
            "\\b(unhandled|uhandled|ignored|disabled|unchecked MSR access error:|failed to (?:set|get))[^\\r\\n]{0,20}?\\b"
                    + "(rdmsr|wrmsr|MSR)\\b[^0-9\\r\\n]{0,12}(?:0x)?([0-9a-f]{3,8})\\b"
                    + "(?:[^\\r\\n]{0,24}?(?:data|to|tried to write) (?:0x)?([0-9a-f]{1,16})\\b)?",
            Pattern.CASE_INSENSITIVE);

    private final RegisterPages registers;

    MsrTexts(RegisterPages registers) {
        this.registers = registers;
    }

    @Override
    public List<Section> read(String text) {
        List<Section> sections = new ArrayList<>();
        Matcher line = LINE.matcher(text);
        while (sections.size() < MOST && line.find()) {
            long msr = Numbers.hex(line.group(3)).orElseThrow();
            OptionalLong value = line.group(4) == null ? OptionalLong.empty() : Numbers.hex(line.group(4));
            Optional<Section> known = value.isPresent()
                    ? registers.decoded("0x" + line.group(3), value.getAsLong())
                    : registers.numbered(msr);
            String meaning = meaning(line.group(1).toLowerCase(Locale.ROOT));
            sections.add(with(known.or(() -> RegisterPages.unknown(msr)).orElseGet(() -> foreign(msr)), meaning));
        }
        return sections;
    }

    private static Section foreign(long msr) {
        return new Section(
                "MSR 0x%x".formatted(msr), List.of(new Row("is", "a processor's own; it is none of Hyper-V's")));
    }

    private static Section with(Section section, String meaning) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("says", meaning));
        rows.addAll(section.rows());
        return new Section(section.title(), rows);
    }

    private static String meaning(String how) {
        return switch (how) {
            case "ignored" ->
                "KVM gave the guest 0 or took its value, and did nothing (its parameter ignore_msrs is 1)";
            case "unchecked msr access error:" ->
                "a Linux guest got #GP for it: it believes in a Hyper-V that has this register, and the flag for it is missing";
            case "failed to set", "failed to get" ->
                "KVM refused it to QEMU: this kernel does not have what the flag needs, or the guest comes from a host with more";
            default -> "KVM does not have this register, or the guest was not shown it: the guest got #GP";
        };
    }
}
