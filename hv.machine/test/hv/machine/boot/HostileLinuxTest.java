package hv.machine.boot;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HostileLinuxTest {
    private static final byte[] CODE = new byte[200];

    /** Fields of the setup header: offset and bytes. */
    private static final int[][] FIELDS = {
        {0x1F1, 1},
        {0x1F4, 4},
        {0x1FE, 2},
        {0x201, 1},
        {0x202, 4},
        {0x206, 2},
        {0x211, 1},
        {0x22C, 4},
        {0x230, 4},
        {0x236, 2},
        {0x238, 4},
        {0x248, 4},
        {0x24C, 4},
        {0x258, 8},
        {0x260, 4},
    };

    private static final long[] EXTREMES = {
        0,
        1,
        2,
        15,
        16,
        0x7F,
        0x80,
        0xFF,
        0x1000,
        0x7FFF,
        0xFFFF,
        0x10_0000,
        0xFF_F000,
        0x7FFF_FFFFL,
        0x8000_0000L,
        0xFFFF_F000L,
        0xFFFF_FFFFL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -4096,
        -1,
    };

    private final HeapMemory memory = new HeapMemory(16 * TestImages.MIB);

    private static byte[][] images() {
        byte[] vmlinux = LinuxFiles.vmlinux(CODE, 5000);
        return new byte[][] {
            vmlinux,
            LinuxFiles.bzImage(CODE, LinuxFiles.gzip(vmlinux)),
            LinuxFiles.bzImage(CODE, LinuxFiles.lz4(vmlinux)),
            LinuxFiles.bzImage(CODE, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}),
        };
    }

    /** Ends in an image that loads within memory, or in one line. */
    private void tryImage(byte[] bytes, int moduleBytes, String how) {
        try {
            ImageReader.read(TestImages.boot(bytes, new byte[moduleBytes], "words"))
                    .load(memory);
        } catch (ImageException | DamagedImageException e) {
            if (e.getMessage().contains("\n")) {
                fail(how + ": more than one line");
            }
        } catch (Throwable e) {
            fail(how, e);
        }
    }

    private static void put(byte[] image, int at, int bytes, long value) {
        ByteBuffer b = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < bytes && at + i < image.length; i++) {
            b.put(at + i, (byte) (value >>> 8 * i));
        }
    }

    @Test
    @DisplayName("Every field of the setup header at its extremes, alone and with another one")
    void headerFields() {
        Random random = new Random();
        for (byte[] image : images()) {
            for (int[] field : FIELDS) {
                for (long value : EXTREMES) {
                    byte[] changed = image.clone();
                    put(changed, field[0], field[1], value);
                    tryImage(changed, 0, "0x%x = 0x%x".formatted(field[0], value));
                    tryImage(changed, 5000, "0x%x = 0x%x, module".formatted(field[0], value));
                    int[] other = FIELDS[random.nextInt(FIELDS.length)];
                    long value2 = EXTREMES[random.nextInt(EXTREMES.length)];
                    put(changed, other[0], other[1], value2);
                    tryImage(
                            changed,
                            random.nextInt(2) * 5000,
                            "0x%x = 0x%x and 0x%x = 0x%x".formatted(field[0], value, other[0], value2));
                }
            }
        }
    }

    @Test
    @DisplayName("Every 64-bit word of ELF header and program headers at its extremes")
    void elfFields() {
        byte[] image = images()[0];
        for (int at = 0; at < 64 + 2 * 56; at++) {
            for (long value : EXTREMES) {
                for (int bytes : new int[] {1, 2, 4, 8}) {
                    byte[] changed = image.clone();
                    put(changed, at, bytes, value);
                    tryImage(changed, 100, "%d bytes at %d = 0x%x".formatted(bytes, at, value));
                }
            }
        }
    }

    @Test
    @DisplayName("Every truncation ends in an image or in one line")
    void truncations() {
        for (byte[] image : images()) {
            for (int length = 0; length < image.length; length += length < 0x300 ? 1 : 7) {
                tryImage(Arrays.copyOf(image, length), 0, "length " + length);
            }
        }
    }

    @Test
    @DisplayName("Random changes anywhere, in the compressed kernel as well, end in an image or in one line")
    void randomChanges() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[][] images = images();
        for (int round = 0; round < 5_000; round++) {
            byte[] changed = images[round % images.length].clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            tryImage(changed, random.nextInt(2) * 5000, "seed %d round %d".formatted(seed, round));
        }
    }
}
