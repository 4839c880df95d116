package hv.guest;

import hv.flags.Shown;
import java.util.List;
import java.util.Objects;

/**
 * What the guest does with one enlightenment: a compiled part. Made by {@link #parse}, put together by
 * {@link GuestProgram}. Immutable; any thread.
 */
public final class GuestPart {
    /** Which VPs run it. */
    enum Run {
        EACH,
        FIRST,
        TOGETHER
    }

    private final String id;
    private final Run run;
    private final List<Condition> conditions;
    private final List<Instruction> instructions;
    private final byte[] strings;

    GuestPart(String id, Run run, List<Condition> conditions, List<Instruction> instructions, byte[] strings) {
        this.id = id;
        this.run = run;
        this.conditions = List.copyOf(conditions);
        this.instructions = List.copyOf(instructions);
        this.strings = strings.clone();
    }

    /**
     * Compiles the text of a part.
     *
     * @param id of the enlightenment, which is also the name of the file without {@code .guest}: 1 to 39 letters,
     *     digits, hyphens
     * @param text in the language of this project's {@code README.md}
     * @throws GuestPartException naming every error with its line
     * @throws IllegalArgumentException if {@code id} is no such name
     */
    public static GuestPart parse(String id, String text) throws GuestPartException {
        if (!Objects.requireNonNull(id, "id").matches("[A-Za-z0-9-]{1,39}")) {
            throw new IllegalArgumentException(
                    "id of a guest part: 1 to 39 letters, digits and hyphens, not '" + Shown.word(id) + "'");
        }
        return new Compiler(id).compile(Objects.requireNonNull(text, "text"));
    }

    /** Id of the enlightenment it is about. */
    public String id() {
        return id;
    }

    /** What was compiled, in the language it was compiled from: one instruction a line, names and comments gone. */
    public String listing() {
        return Listing.of(this);
    }

    @Override
    public String toString() {
        return id + ".guest";
    }

    Run run() {
        return run;
    }

    List<Condition> conditions() {
        return conditions;
    }

    List<Instruction> instructions() {
        return instructions;
    }

    /** The instructions by their place in the bytecode, in units of 8 bytes; null where none begins. */
    Instruction[] code() {
        int bytes = instructions.stream().mapToInt(Instruction::bytes).sum();
        Instruction[] code = new Instruction[bytes / Long.BYTES];
        int place = 0;
        for (Instruction instruction : instructions) {
            code[place / Long.BYTES] = instruction;
            place += instruction.bytes();
        }
        return code;
    }

    /** The string at a place. */
    String string(int place) {
        return Strings.at(strings, place);
    }

    /** Zero-terminated ASCII strings; the first is the id. */
    byte[] strings() {
        return strings.clone();
    }
}
