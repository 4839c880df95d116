package hv.oracle.judge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The smallest guest: a ROM in real mode that writes the registers of CPUID leaves to QEMU's debug port, a byte at a
 * time, and ends by QEMU's debug exit. Without state.
 */
final class LeavesRom {
    /** QEMU's status after the debug exit of this ROM. */
    static final int STATUS = 2 * LeavesRom.EXIT + 1;

    private static final int EXIT = 0x10;

    /** The usual leaves, and those of the debugger. */
    private static final List<Range> RANGES = List.of(new Range(0x4000_0000, 11), new Range(0x4000_0080, 3));

    private static final int SIZE = 0x1_0000;
    private static final int RESET = 0xFFF0;
    private static final int REGISTERS = 4;

    private record Range(int first, int count) {}

    private LeavesRom() {}

    /** Its 64 KiB. */
    static byte[] bytes() {
        ByteBuffer code = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        RANGES.forEach(range -> write(code, range));
        put(code, 0xB0, EXIT, 0xE6, 0xF4); // mov al, EXIT; out 0xf4, al
        put(code, 0xF4, 0xEB, 0xFD); // hlt; jmp to it
        code.position(RESET);
        put(code, 0xE9).putShort((short) (SIZE - code.position() - Short.BYTES)); // jmp 0
        return code.array();
    }

    private static void write(ByteBuffer code, Range range) {
        put(code, 0x66, 0xBE).putInt(range.first()); // mov esi, first
        int loop = code.position();
        put(code, 0x66, 0x89, 0xF0); // mov eax, esi
        put(code, 0x66, 0x31, 0xC9); // xor ecx, ecx
        put(code, 0x0F, 0xA2); // cpuid
        write(code);
        for (int register : new int[] {0xD8, 0xC8, 0xD0}) {
            put(code, 0x66, 0x89, register); // mov eax, ebx; ecx; edx
            write(code);
        }
        put(code, 0x66, 0x46); // inc esi
        put(code, 0x66, 0x81, 0xFE).putInt(range.first() + range.count()); // cmp esi, first + count
        put(code, 0x0F, 0x85).putShort((short) (loop - code.position() - Short.BYTES)); // jne loop
    }

    /** The register EAX to the port 0xe9. */
    private static void write(ByteBuffer code) {
        for (int i = 0; i < Integer.BYTES; i++) {
            put(code, 0xE6, 0xE9); // out 0xe9, al
            put(code, 0x66, 0xC1, 0xE8, 0x08); // shr eax, 8
        }
    }

    private static ByteBuffer put(ByteBuffer code, int... bytes) {
        for (int one : bytes) {
            code.put((byte) one);
        }
        return code;
    }

    /** What it wrote: a leaf and its EAX, EBX, ECX, EDX; leaves that are not whole are left out. */
    static Map<Integer, List<Integer>> leaves(byte[] written) {
        Map<Integer, List<Integer>> leaves = new LinkedHashMap<>();
        ByteBuffer in = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN);
        for (Range range : RANGES) {
            for (int i = 0; i < range.count() && in.remaining() >= REGISTERS * Integer.BYTES; i++) {
                leaves.put(range.first() + i, List.of(in.getInt(), in.getInt(), in.getInt(), in.getInt()));
            }
        }
        return leaves;
    }
}
