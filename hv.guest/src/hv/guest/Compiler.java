package hv.guest;

import hv.api.CpuidRegister;
import hv.guest.Instruction.Source;
import hv.guest.Line.SyntaxError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Compiles the text of one part: directives ({@code when}, {@code run}, {@code let}), labels, and instructions as {@link Operation}
 * describes them. All errors are collected; a line with an error is passed over. Used once.
 */
final class Compiler {
    private static final int MOST_LINES = 20_000;
    private static final int MOST_ERRORS = 20;
    private static final int MOST_CODE_BYTES = 0xFF00;
    private static final List<String> DIRECTIVES = List.of("when", "run", "let");

    private final String id;
    private final List<String> errors = new ArrayList<>();
    private final Names names = new Names();
    private final Strings strings = new Strings();
    private final Map<String, Integer> labels = new HashMap<>();
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<Integer, String> wantedLabels = new HashMap<>();
    private GuestPart.Run run = GuestPart.Run.EACH;
    private int bytes;
    private int lines;

    Compiler(String id) {
        this.id = id;
        strings.place(id);
    }

    GuestPart compile(String text) throws GuestPartException {
        List<String> rows = text.lines().limit(MOST_LINES + 1).toList();
        if (rows.size() > MOST_LINES) {
            throw new GuestPartException(List.of("%s.guest: more than %d lines".formatted(id, MOST_LINES)));
        }
        for (String row : rows) {
            lines++;
            try {
                Line line = new Line(row, lines);
                if (!line.isEmpty()) {
                    compile(line);
                    line.end();
                }
            } catch (SyntaxError e) {
                error(lines, e.getMessage());
            }
        }
        List<Instruction> placed = placed();
        checkEnd();
        if (!errors.isEmpty()) {
            throw new GuestPartException(errors);
        }
        return new GuestPart(id, run, conditions, placed, strings.bytes());
    }

    private void error(int line, String message) {
        if (errors.size() < MOST_ERRORS) {
            errors.add("%s.guest:%d: %s".formatted(id, line, message));
        }
    }

    private void compile(Line line) throws SyntaxError {
        String word = line.name("an operation");
        switch (word) {
            case "when" -> when(line);
            case "run" -> run(line);
            case "let" -> {
                String name = line.name("a name");
                line.expect("=");
                names.define(name, names.source(line));
            }
            default -> {
                if (line.accept(":")) {
                    if (labels.putIfAbsent(word, bytes) != null) {
                        throw new SyntaxError("label '%s' is there twice".formatted(word));
                    }
                } else {
                    instruction(word, line);
                }
            }
        }
    }

    private void when(Line line) throws SyntaxError {
        long leaf = names.constant(line);
        line.expect(".");
        String name = line.name("a register (eax, ebx, ecx, edx)");
        CpuidRegister register = Arrays.stream(CpuidRegister.values())
                .filter(r -> r.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new SyntaxError("'%s' is not eax, ebx, ecx or edx".formatted(name)));
        if (line.accept("!=")) {
            conditions.add(new Condition((int) leaf, register, true, (int) names.constant(line)));
            return;
        }
        int bits = 0;
        do {
            long bit = names.constant(line);
            if (bit < 0 || bit > 31) {
                throw new SyntaxError("a bit is 0 to 31, not %d".formatted(bit));
            }
            bits |= 1 << bit;
        } while (!line.atEnd());
        conditions.add(new Condition((int) leaf, register, false, bits));
    }

    private void run(Line line) throws SyntaxError {
        switch (line.name("each, first or together")) {
            case "each" -> run = GuestPart.Run.EACH;
            case "first" -> run = GuestPart.Run.FIRST;
            case "together" -> run = GuestPart.Run.TOGETHER;
            default -> throw new SyntaxError("run each, run first or run together");
        }
    }

    private void instruction(String word, Line line) throws SyntaxError {
        List<Operation> operations = Arrays.stream(Operation.values())
                .filter(o -> o.mnemonic().equals(word))
                .toList();
        if (operations.isEmpty()) {
            throw new SyntaxError("there is no operation '%s'%s".formatted(word, suggestion(word)));
        }
        Operation operation = operations.size() == 1 ? operations.getFirst() : null;
        Fields fields = new Fields(line);
        if (operation == null) {
            operation = report(fields);
        } else {
            for (Operand operand : operation.operands()) {
                fields.read(operand);
            }
        }
        Instruction instruction = new Instruction(
                operation, fields.destination, fields.sources, fields.comparison, fields.x, line.number());
        if (fields.label != null) {
            wantedLabels.put(instructions.size(), fields.label);
        }
        instructions.add(instruction);
        bytes += instruction.bytes();
        if (bytes > MOST_CODE_BYTES) {
            throw new SyntaxError("the part is too long: more than %d bytes".formatted(MOST_CODE_BYTES));
        }
    }

    /** {@code report} has three forms, told apart by what follows the value. */
    private static Operation report(Fields fields) throws SyntaxError {
        fields.read(Operand.WORD);
        fields.read(Operand.SOURCE);
        if (fields.line.accept("hex")) {
            return Operation.REPORT_HEX;
        }
        if (fields.line.accept("text")) {
            fields.read(Operand.SOURCE);
            return Operation.REPORT_TEXT;
        }
        return Operation.REPORT;
    }

    private List<Instruction> placed() {
        List<Instruction> placed = new ArrayList<>();
        for (int i = 0; i < instructions.size(); i++) {
            Instruction instruction = instructions.get(i);
            String label = wantedLabels.get(i);
            if (label != null) {
                Integer place = labels.get(label);
                if (place == null) {
                    error(instruction.line(), "there is no label '%s'".formatted(label));
                } else if (place == bytes) {
                    error(instruction.line(), "nothing follows the label '%s'".formatted(label));
                } else {
                    instruction = instruction.at(place);
                }
            }
            placed.add(instruction);
        }
        return placed;
    }

    private void checkEnd() {
        if (!errors.isEmpty()) {
            return;
        }
        if (instructions.isEmpty() || !instructions.getLast().operation().ends()) {
            error(lines, "the program runs off its end: end it with pass");
        }
    }

    private static String suggestion(String word) {
        return Arrays.stream(Operation.values())
                .map(Operation::mnemonic)
                .filter(candidate -> isClose(word, candidate))
                .findFirst()
                .map(candidate -> "; '%s'?".formatted(candidate))
                .orElseGet(() -> "; README.md lists them (" + DIRECTIVES.stream().collect(Collectors.joining(", "))
                        + " are directives)");
    }

    /** Whether two words have the same letters, or one is the other with one letter more or changed. */
    private static boolean isClose(String word, String candidate) {
        char[] a = word.toCharArray();
        char[] b = candidate.toCharArray();
        Arrays.sort(a);
        Arrays.sort(b);
        if (Arrays.equals(a, b)) {
            return true;
        }
        int prefix = 0;
        while (prefix < Math.min(word.length(), candidate.length())
                && word.charAt(prefix) == candidate.charAt(prefix)) {
            prefix++;
        }
        String restOfWord = word.substring(prefix);
        String restOfCandidate = candidate.substring(prefix);
        return dropFirst(restOfWord).equals(restOfCandidate)
                || dropFirst(restOfCandidate).equals(restOfWord)
                || dropFirst(restOfWord).equals(dropFirst(restOfCandidate));
    }

    private static String dropFirst(String text) {
        return text.isEmpty() ? text : text.substring(1);
    }

    /** The fields of the instruction that a line describes, filled operand by operand. */
    private final class Fields {
        final Line line;
        final List<Source> sources = new ArrayList<>();
        int destination;
        int comparison;
        int x;
        String label;

        Fields(Line line) {
            this.line = Objects.requireNonNull(line);
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
                    if (line.accept("else")) {
                        label = line.name("a label");
                    } else {
                        x = Instruction.NO_LABEL;
                    }
                }
                case TEXT -> x = strings.place(line.string());
                case WORD -> x = strings.place(line.name("a name"));
                case ON_OFF -> x = choice("off", "on");
                case EOI -> x = choice("apic", "none");
                case XMM -> {
                    long register = names.constant(line);
                    if (register < 0 || register > 5) {
                        throw new SyntaxError("an XMM register is 0 to 5, not %d".formatted(register));
                    }
                    x = (int) register;
                }
                case HEX -> line.expect("hex");
                case TEXT_KEYWORD -> line.expect("text");
            }
        }

        private void address() throws SyntaxError {
            line.expect("[");
            sources.add(names.source(line));
            boolean isNegative = line.peek().equals("-");
            if (isNegative || line.peek().equals("+")) {
                line.take();
                long offset = names.constant(line);
                if (offset < 0 || offset > Short.MAX_VALUE) {
                    throw new SyntaxError("an offset is 0 to 32767, not %d".formatted(offset));
                }
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
}
