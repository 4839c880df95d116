package hv.guest;

import hv.guest.Instruction.Source;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes a compiled part in the language it was compiled from: compiling that gives the same code. */
final class Listing {
    private final GuestPart part;
    private final Map<Integer, String> labels = new TreeMap<>();
    private final StringBuilder out = new StringBuilder();

    private Listing(GuestPart part) {
        this.part = part;
    }

    static String of(GuestPart part) {
        return new Listing(part).write();
    }

    private String write() {
        for (Condition condition : part.conditions()) {
            out.append("when 0x%08x.%s"
                    .formatted(condition.leaf(), condition.register().name().toLowerCase(Locale.ROOT)));
            if (condition.isInequality()) {
                out.append(" != 0x%x".formatted(condition.value()));
            }
            for (int bit = 0; bit < Integer.SIZE && !condition.isInequality(); bit++) {
                out.append((condition.value() & 1 << bit) != 0 ? " " + bit : "");
            }
            out.append('\n');
        }
        out.append("run ").append(part.run().name().toLowerCase(Locale.ROOT)).append('\n');
        for (Instruction instruction : part.instructions()) {
            if (hasLabel(instruction)) {
                labels.computeIfAbsent(instruction.x(), place -> "at" + place);
            }
        }
        int place = 0;
        for (Instruction instruction : part.instructions()) {
            if (labels.containsKey(place)) {
                out.append(labels.get(place)).append(":\n");
            }
            write(instruction);
            place += instruction.bytes();
        }
        return out.toString();
    }

    private static boolean hasLabel(Instruction instruction) {
        return instruction.operation().operands().contains(Operand.LABEL)
                || instruction.operation().operands().contains(Operand.ELSE) && instruction.x() != Instruction.NO_LABEL;
    }

    private void write(Instruction instruction) {
        out.append("    ").append(instruction.operation().mnemonic());
        Iterator<Source> sources = instruction.sources().iterator();
        for (Operand operand : instruction.operation().operands()) {
            String text = switch (operand) {
                case DESTINATION, FOUR_DESTINATIONS -> "r" + instruction.destination();
                case SOURCE -> text(sources.next());
                case ADDRESS -> address(sources.next(), instruction.offset());
                case COMPARISON -> Instruction.COMPARISONS.get(instruction.comparison());
                case GOTO -> "goto";
                case LABEL -> labels.get(instruction.x());
                case ELSE -> hasLabel(instruction) ? "else " + labels.get(instruction.x()) : "";
                case TEXT -> '"' + part.string(instruction.x()) + '"';
                case WORD -> part.string(instruction.x());
                case ON_OFF -> instruction.x() == 1 ? "on" : "off";
                case EOI -> instruction.x() == 1 ? "none" : "apic";
                case XMM -> Integer.toString(instruction.x());
                case HEX -> "hex";
                case TEXT_KEYWORD -> "text";
            };
            if (!text.isEmpty()) {
                out.append(' ').append(text);
            }
        }
        out.append('\n');
    }

    private static String text(Source source) {
        return source.isConstant() ? "0x" + Long.toHexString(source.value()) : "r" + source.value();
    }

    private static String address(Source base, int offset) {
        return "[%s%s]".formatted(text(base), offset == 0 ? "" : "%+d".formatted(offset));
    }
}
