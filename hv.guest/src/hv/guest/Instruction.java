package hv.guest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One instruction of a part. {@code kernel/interpreter.s} describes its bytes.
 *
 * @param operation what to do
 * @param destination number of the register that receives the result, 0 if the instruction has no result
 * @param sources values that go in, at most three
 * @param comparison index into {@link #COMPARISONS}
 * @param x 0 to 0xFFFF: a place in the code or among the strings, an offset (signed), or a choice
 * @param line of the text it comes from
 */
record Instruction(Operation operation, int destination, List<Source> sources, int comparison, int x, int line) {
    /** What {@code if} and {@code expect} can ask, by number. */
    static final List<String> COMPARISONS = List.of("==", "!=", "<", ">", "<=", ">=");

    /** Value of x for "no label". */
    static final int NO_LABEL = 0xFFFF;

    private static final int HEADER_BYTES = 8;
    private static final int FIRST_CONSTANT = 0x10;

    /** Copies the list. */
    Instruction {
        sources = List.copyOf(sources);
    }

    /**
     * A value that goes in.
     *
     * @param isConstant whether {@code value} is the value itself rather than a register's number
     * @param value the value, or the number of a register
     */
    record Source(boolean isConstant, long value) {}

    /** How many bytes it takes. */
    int bytes() {
        return HEADER_BYTES
                + Long.BYTES * (int) sources.stream().filter(Source::isConstant).count();
    }

    /** x as a signed offset. */
    int offset() {
        return (short) x;
    }

    /** Whether the comparison holds for two unsigned values. */
    boolean holds(long a, long b) {
        int order = Long.compareUnsigned(a, b);
        return switch (comparison) {
            case 0 -> order == 0;
            case 1 -> order != 0;
            case 2 -> order < 0;
            case 3 -> order > 0;
            case 4 -> order <= 0;
            default -> order >= 0;
        };
    }

    /** A copy with another x. */
    Instruction at(int place) {
        return new Instruction(operation, destination, sources, comparison, place, line);
    }

    void encode(ByteBuffer to) {
        int[] registers = new int[3];
        int flags = 0;
        for (int i = 0; i < sources.size(); i++) {
            if (sources.get(i).isConstant()) {
                flags |= FIRST_CONSTANT << i;
            } else {
                registers[i] = (int) sources.get(i).value();
            }
        }
        to.put((byte) operation.ordinal());
        to.put((byte) (destination | flags));
        to.put((byte) (registers[0] | registers[1] << 4));
        to.put((byte) (registers[2] | comparison << 4));
        to.putShort((short) x);
        to.putShort((short) line);
        for (Source source : sources) {
            if (source.isConstant()) {
                to.putLong(source.value());
            }
        }
    }

    static Instruction decode(ByteBuffer from) {
        Operation operation = Operation.values()[Byte.toUnsignedInt(from.get())];
        int destination = Byte.toUnsignedInt(from.get());
        int bc = Byte.toUnsignedInt(from.get());
        int d = Byte.toUnsignedInt(from.get());
        int x = Short.toUnsignedInt(from.getShort());
        int line = Short.toUnsignedInt(from.getShort());
        int[] registers = {bc & 15, bc >>> 4, d & 15};
        long count = operation.operands().stream()
                .filter(o -> o == Operand.SOURCE || o == Operand.ADDRESS)
                .count();
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean isConstant = (destination & FIRST_CONSTANT << i) != 0;
            sources.add(new Source(isConstant, isConstant ? from.getLong() : registers[i]));
        }
        return new Instruction(operation, destination & 15, sources, d >>> 4, x, line);
    }
}
