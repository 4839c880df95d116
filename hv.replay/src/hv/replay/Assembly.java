package hv.replay;

import java.util.Arrays;

/**
 * Writes 64-bit code from one address on: bytes as they are, and jumps to places that are known already. One thread.
 */
final class Assembly {
    private final byte[] bytes;
    private int size;

    /** For at most {@code most} bytes. */
    Assembly(int most) {
        bytes = new byte[most];
    }

    /** Where the next byte goes, from the start. */
    int here() {
        return size;
    }

    Assembly raw(int... values) {
        for (int value : values) {
            bytes[size++] = (byte) value;
        }
        return this;
    }

    Assembly imm32(int value) {
        return raw(value, value >> 8, value >> 16, value >> 24);
    }

    /** {@code jmp} to a place before this one. */
    Assembly jump(int place) {
        return raw(0xE9).imm32(place - (size + 4));
    }

    /**
     * A short conditional jump forward, bound later.
     *
     * @param opcode 0x72 {@code jc}, 0x74 {@code je}, 0xEB {@code jmp}
     * @return for {@link #bind}
     */
    int forward(int opcode) {
        raw(opcode, 0);
        return size;
    }

    /** Has jumps lead here. */
    Assembly bind(int... jumps) {
        for (int jump : jumps) {
            bytes[jump - 1] = (byte) (size - jump);
        }
        return this;
    }

    byte[] code() {
        return Arrays.copyOf(bytes, size);
    }
}
