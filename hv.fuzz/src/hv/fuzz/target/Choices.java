package hv.fuzz.target;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Decisions drawn from the bytes of an input, from front to back, so that who changes a byte changes one decision. When
 * they are used up, each decision is the first of its kind. One thread.
 */
public class Choices {
    private final byte[] input;
    private int at;

    /** Does not change {@code input}. */
    public Choices(byte[] input) {
        this.input = input;
    }

    /** Decisions without end, by chance. */
    public static Choices random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Choices(new byte[0]) {
            @Override
            public boolean hasMore() {
                return true;
            }

            @Override
            protected int next() {
                return random.nextInt(1 << Byte.SIZE);
            }
        };
    }

    /** Whether there are bytes left. */
    public boolean hasMore() {
        return at < input.length;
    }

    /** A number from 0 to {@code bound} - 1; takes as many bytes as that needs. */
    public int below(int bound) {
        int value = 0;
        for (int rest = bound - 1; rest > 0; rest >>>= Byte.SIZE) {
            value = value << Byte.SIZE | next();
        }
        return Integer.remainderUnsigned(value, bound);
    }

    /** True for one of {@code n} decisions. */
    public boolean oneIn(int n) {
        return below(n) == 1 % n;
    }

    /** Either. */
    public boolean either() {
        return oneIn(2);
    }

    /** Any 64 bits. */
    public long any() {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << Byte.SIZE | next();
        }
        return value;
    }

    /** 64 bits of which one is set. */
    public long bit() {
        return 1L << below(Long.SIZE);
    }

    /** What is left, at most {@code most} bytes. */
    public byte[] bytes(int most) {
        int end = Math.min(input.length, at + most);
        byte[] taken = Arrays.copyOfRange(input, at, end);
        at = end;
        return taken;
    }

    /** The next byte, 0 to 255. */
    protected int next() {
        return at < input.length ? Byte.toUnsignedInt(input[at++]) : 0;
    }
}
