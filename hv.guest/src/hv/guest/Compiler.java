package hv.guest;

import hv.api.CpuidRegister;
import hv.guest.Line.SyntaxError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles the text of one part: directives ({@code when}, {@code run}, {@code let}), labels, and instructions as
 * {@link Operation} describes them. All errors are collected; a line with an error is passed over. Used once.
 */
final class Compiler {
    /** Longest text that is compiled. */
    static final int MOST_CHARACTERS = 1 << 20;

    private static final int MOST_LINES = 20_000;

    /** A character can become a token of fifty bytes. */
    private static final int MOST_OF_A_LINE = 1_000;

    private static final int MOST_ERRORS = 20;
    private static final int MOST_CODE_BYTES = 0xFF00;

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
        if (text.length() > MOST_CHARACTERS) {
            throw new GuestPartException(List.of("%s.guest: more than %d characters".formatted(id, MOST_CHARACTERS)));
        }
        List<String> rows = text.lines().limit(MOST_LINES + 1).toList();
        if (rows.size() > MOST_LINES) {
            throw new GuestPartException(List.of("%s.guest: more than %d lines".formatted(id, MOST_LINES)));
        }
        for (String row : rows) {
            lines++;
            if (row.length() > MOST_OF_A_LINE) {
                error(lines, "the line has more than %d characters".formatted(MOST_OF_A_LINE));
                continue;
            }
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
            bits |= 1 << names.constant(line, 0, Integer.SIZE - 1, "a bit");
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
            throw new SyntaxError("there is no operation '%s'%s".formatted(word, Suggestion.of(word)));
        }
        Operation operation = operations.size() == 1 ? operations.getFirst() : null;
        InstructionReader fields = new InstructionReader(line, names, strings);
        if (operation == null) {
            operation = report(fields);
        } else {
            for (Operand operand : operation.operands()) {
                fields.read(operand);
            }
        }
        Instruction instruction = new Instruction(
                operation, fields.destination(), fields.sources(), fields.comparison(), fields.x(), line.number());
        if (fields.label() != null) {
            wantedLabels.put(instructions.size(), fields.label());
        }
        instructions.add(instruction);
        bytes += instruction.bytes();
        if (bytes > MOST_CODE_BYTES) {
            throw new SyntaxError("the part is too long: more than %d bytes".formatted(MOST_CODE_BYTES));
        }
    }

    /** {@code report} has three forms, told apart by what follows the value. */
    private static Operation report(InstructionReader fields) throws SyntaxError {
        fields.read(Operand.WORD);
        fields.read(Operand.SOURCE);
        if (fields.line().accept("hex")) {
            return Operation.REPORT_HEX;
        }
        if (fields.line().accept("text")) {
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
}
