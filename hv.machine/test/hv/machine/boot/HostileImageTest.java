package hv.machine.boot;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HostileImageTest {
    private static final long MEMORY_BYTES = 16 * TestImages.MIB;

    private final HeapMemory memory = new HeapMemory(MEMORY_BYTES);

    /** Read ends in an image that loads within memory, or in ImageException with one line. */
    private void tryImage(byte[] bytes, byte[] module, String how) {
        try {
            ImageReader.read(TestImages.boot(bytes, module, "words")).load(memory);
        } catch (ImageException e) {
            if (e.getMessage().contains("\n")) {
                fail(how + ": more than one line");
            }
        } catch (Throwable e) {
            fail(how, e);
        }
    }

    private static byte[][] images() {
        return new byte[][] {
            TestImages.multiboot(new byte[64], 0x2000), TestImages.flat(new byte[64]),
        };
    }

    @Test
    @DisplayName("Every truncation of an image ends in an image or in one line")
    void truncations() {
        for (byte[] image : images()) {
            for (int length = 0; length < image.length; length++) {
                tryImage(Arrays.copyOf(image, length), new byte[0], "length " + length);
            }
        }
    }

    @Test
    @DisplayName("Any byte changed to any value ends in an image or in one line")
    void singleBytes() {
        for (byte[] image : images()) {
            for (int at = 0; at < image.length; at++) {
                for (int value = 0; value < 256; value += at < TestImages.CODE_OFFSET ? 5 : 85) {
                    byte[] changed = image.clone();
                    changed[at] = (byte) value;
                    tryImage(changed, new byte[0], "byte %d = %d".formatted(at, value));
                }
            }
        }
    }

    @Test
    @DisplayName("Random changes of words, with and without a module, end in an image or in one line")
    void randomWords() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] values = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x10_0000, 0xF0_0000, 0xFFFF_F000};
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = images()[round & 1];
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(Math.min(changed.length, TestImages.CODE_OFFSET) - 3);
                int value = random.nextBoolean() ? values[random.nextInt(values.length)] : random.nextInt();
                for (int b = 0; b < 4; b++) {
                    changed[at + b] = (byte) (value >> 8 * b);
                }
            }
            tryImage(changed, new byte[random.nextInt(2) * 5000], "seed %d round %d".formatted(seed, round));
        }
    }
}
