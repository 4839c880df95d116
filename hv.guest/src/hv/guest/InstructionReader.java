package hv.guest;

import hv.guest.Instruction.Source;
import hv.guest.Line.SyntaxError;
import java.util.ArrayList;
import java.util.List;

/** Reads the operands of one instruction off its line, into the fields that {@link Instruction} has. */
final class InstructionReader {
    private static final int MOST_XMM = 5;

    private final Line line;
    private final Names names;
    private final Strings strings;
    private final List<Source> sources = new ArrayList<>();
    private int destination;
    private int comparison;
    private int x;
    private String label;

    InstructionReader(Line line, Names names, Strings strings) {
        this.line = line;
        this.names = names;
        this.strings = strings;
    }

    Line line() {
        return line;
    }

    List<Source> sources() {
        return sources;
    }

    int destination() {
        return destination;
    }

    int comparison() {
        return comparison;
    }

    int x() {
        return x;
    }

    /** The label whose place x is to be, or null. */
    String label() {
        return label;
    }

    void read(Operand operand) throws SyntaxError {
        switch (operand) {
            case DESTINATION -> destination = names.register(line);
            case FOUR_DESTINATIONS -> {
                destination = names.register(line);
                if (destination > Names.REGISTERS - 4) {
                    throw new SyntaxError("four registers are needed: r12 at most");
                }
            }
            case SOURCE -> sources.add(names.source(line));
            case ADDRESS -> address();
            case COMPARISON -> {
                comparison = Instruction.COMPARISONS.indexOf(line.peek());
                if (comparison < 0) {
                    throw line.wanted("one of == != < > <= >=");
                }
                line.take();
            }
            case GOTO -> line.expect("goto");
            case LABEL -> label = line.name("a label");
            case ELSE -> {
                x = Instruction.NO_LABEL;
                if (line.accept("else")) {
                    label = line.name("a label");
                }
            }
            case TEXT -> x = strings.place(line.string());
            case WORD -> x = strings.place(line.name("a name"));
            case ON_OFF -> x = choice("off", "on");
            case EOI -> x = choice("apic", "none");
            case XMM -> x = (int) names.constant(line, 0, MOST_XMM, "an XMM register");
            case HEX -> line.expect("hex");
            case TEXT_KEYWORD -> line.expect("text");
        }
    }

    private void address() throws SyntaxError {
        line.expect("[");
        sources.add(names.source(line));
        boolean isNegative = line.peek().equals("-");
        if (line.accept("+") || line.accept("-")) {
            long offset = names.constant(line, 0, Short.MAX_VALUE, "an offset");
            x = (int) (isNegative ? -offset : offset) & 0xFFFF;
        }
        line.expect("]");
    }

    private int choice(String zero, String one) throws SyntaxError {
        if (line.accept(zero)) {
            return 0;
        }
        if (!line.accept(one)) {
            throw line.wanted("'%s' or '%s'".formatted(zero, one));
        }
        return 1;
    }
}
