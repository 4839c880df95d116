package hv.bench.exits;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The guest of both loops, in 32-bit protected mode: an OUT, which ends a round, then {@link #EXITS} times RDMSR of the
 * VP index, and again.
 */
final class ExitGuest {
    static final int EXITS = 500;
    static final long CODE = 0x10000;
    static final long MEMORY_BYTES = 0x10_0000;

    private ExitGuest() {}

    static byte[] code() {
        return ByteBuffer.allocate(20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xE6) // top: out 0x10, al
                .put((byte) 0x10)
                .put((byte) 0xBE) // mov esi, EXITS
                .putInt(EXITS)
                .put((byte) 0xB9) // mov ecx, HV_X64_MSR_VP_INDEX
                .putInt(0x4000_0002)
                .put((byte) 0x0F) // next: rdmsr
                .put((byte) 0x32)
                .put((byte) 0x4E) // dec esi
                .put((byte) 0x75) // jnz next
                .put((byte) -5)
                .put((byte) 0xEB) // jmp top
                .put((byte) -19)
                .put((byte) 0x90)
                .array();
    }
}
