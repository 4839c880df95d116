package hv.guest;

import hv.api.CpuidRegister;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The module: several parts as the bytes that both machines run. All numbers are little-endian; {@code kernel/layout.s}
 * names the same fields.
 *
 * <pre>
 * header      8 "HVPARTS1", u32 number of parts, u32 width of the column of names
 * each part   u32 bytes of all of it (a multiple of 8), u8 run (0 each, 1 first, 2 together), u8 expected,
 *             u16 number of conditions,
 *             u32 offset of the code, u32 offset of the strings, 40 name with zeros behind
 *   condition u32 leaf, u8 register, u8 kind (0 all bits set, 1 not equal), u16 0, u32 value, u32 0
 *   code      instructions
 *   strings   zero-terminated; the first is the name
 * </pre>
 */
final class Bytecode {
    static final int NAME_BYTES = 40;

    private static final byte[] MAGIC = "HVPARTS1".getBytes(StandardCharsets.US_ASCII);
    private static final int PART_HEADER_BYTES = 56;
    private static final int CONDITION_BYTES = 16;
    private static final int SMALLEST_COLUMN = 14;

    private Bytecode() {}

    /**
     * A module, read.
     *
     * @param column width of the column of names
     * @param entries the parts
     */
    record Module(int column, List<Entry> entries) {}

    /**
     * A part of a module.
     *
     * @param part what it does
     * @param isExpected whether the guest fails if it is not offered what the part is about
     */
    record Entry(GuestPart part, boolean isExpected) {}

    static byte[] encode(List<GuestPart> parts, Set<String> expected) {
        int column = parts.stream().mapToInt(part -> part.id().length() + 2).reduce(SMALLEST_COLUMN, Math::max);
        int size = MAGIC.length + 2 * Integer.BYTES;
        for (GuestPart part : parts) {
            size += bytes(part);
        }
        ByteBuffer module = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        module.put(MAGIC).putInt(parts.size()).putInt(column);
        for (GuestPart part : parts) {
            encode(part, expected.contains(part.id()), module);
        }
        return module.array();
    }

    private static int stringsOffset(GuestPart part) {
        int code = part.instructions().stream().mapToInt(Instruction::bytes).sum();
        return PART_HEADER_BYTES + CONDITION_BYTES * part.conditions().size() + code;
    }

    private static int bytes(GuestPart part) {
        return stringsOffset(part) + part.strings().length + 7 & -8;
    }

    private static void encode(GuestPart part, boolean isExpected, ByteBuffer to) {
        int start = to.position();
        to.putInt(bytes(part));
        to.put((byte) part.run().ordinal());
        to.put((byte) (isExpected ? 1 : 0));
        to.putShort((short) part.conditions().size());
        to.putInt(PART_HEADER_BYTES + CONDITION_BYTES * part.conditions().size());
        to.putInt(stringsOffset(part));
        to.put(part.id().getBytes(StandardCharsets.US_ASCII));
        to.position(start + PART_HEADER_BYTES);
        for (Condition condition : part.conditions()) {
            to.putInt(condition.leaf());
            to.put((byte) condition.register().ordinal());
            to.put((byte) (condition.isInequality() ? 1 : 0));
            to.putShort((short) 0);
            to.putInt(condition.value());
            to.putInt(0);
        }
        part.instructions().forEach(instruction -> instruction.encode(to));
        to.put(part.strings());
        to.position(start + bytes(part));
    }

    /** Reads what {@link #encode} wrote. */
    static Module decode(byte[] bytes) {
        ByteBuffer module = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        module.position(MAGIC.length);
        int count = module.getInt();
        int column = module.getInt();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(decode(module));
        }
        return new Module(column, List.copyOf(entries));
    }

    private static Entry decode(ByteBuffer module) {
        int start = module.position();
        int end = start + module.getInt();
        GuestPart.Run run = GuestPart.Run.values()[module.get()];
        boolean isExpected = module.get() != 0;
        int conditionCount = module.getShort();
        int codeOffset = module.getInt();
        int stringsOffset = module.getInt();
        List<Condition> conditions = new ArrayList<>();
        for (int i = 0; i < conditionCount; i++) {
            module.position(start + PART_HEADER_BYTES + i * CONDITION_BYTES);
            int leaf = module.getInt();
            CpuidRegister register = CpuidRegister.values()[module.get()];
            boolean isInequality = module.get() != 0;
            conditions.add(new Condition(leaf, register, isInequality, module.getInt(module.position() + 2)));
        }
        List<Instruction> instructions = new ArrayList<>();
        module.position(start + codeOffset);
        while (module.position() < start + stringsOffset) {
            instructions.add(Instruction.decode(module));
        }
        byte[] strings = new byte[end - start - stringsOffset];
        module.get(strings);
        return new Entry(new GuestPart(Strings.at(strings, 0), run, conditions, instructions, strings), isExpected);
    }
}
