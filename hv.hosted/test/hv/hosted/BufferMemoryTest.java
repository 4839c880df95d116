package hv.hosted;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BufferMemoryTest {
    private static final long BYTES = 64 << 10;
    private final BufferMemory memory = new BufferMemory(BYTES);

    @ParameterizedTest
    @ValueSource(longs = {0, -4096, 1, 4095, 4097, 2L << 30, Long.MIN_VALUE, Long.MAX_VALUE})
    @DisplayName("a size that is not a positive multiple of a page, or too large, is refused")
    void refusesBadSizes(long bytes) {
        assertThrows(IllegalArgumentException.class, () -> new BufferMemory(bytes));
    }

    @Test
    @DisplayName("values are little-endian at any alignment")
    void isLittleEndian() {
        memory.putLong(3, 0x1122_3344_5566_7788L);
        byte[] bytes = new byte[10];
        memory.read(2, bytes, 0, 10);
        assertArrayEquals(new byte[] {0, (byte) 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0}, bytes);
        assertEquals(0x5566_7788, memory.getInt(3));
        assertEquals(0x1122_3344_5566_7788L, memory.getLong(3));
        memory.putInt(4093, 0xCAFE_BABE);
        assertEquals(0xCAFE_BABE, memory.getInt(4093));
    }

    @Test
    @DisplayName("the last bytes of RAM are RAM, the ones after them are not")
    void endsWhereItEnds() {
        memory.putLong(BYTES - 8, -1);
        assertEquals(-1, memory.getLong(BYTES - 8));
        assertTrue(memory.isRam(BYTES - 8, 8));
        assertFalse(memory.isRam(BYTES - 7, 8));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(BYTES - 7));
        assertTrue(memory.isRam(0, BYTES));
        assertFalse(memory.isRam(0, BYTES + 1));
        assertFalse(memory.isRam(-1, 1));
        assertFalse(memory.isRam(0, 0));
    }

    @Test
    @DisplayName("any 64-bit address: isRam is exact, and an access outside RAM throws and touches nothing")
    void boundsHoldForAnyAddress() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            long gpa = address(random);
            int length = 1 + random.nextInt(9000);
            String step = "seed " + seed + " gpa " + gpa + " length " + length;
            boolean inside = fits(gpa, length);
            assertEquals(inside, memory.isRam(gpa, length), step);
            byte[] data = new byte[length];
            if (inside) {
                memory.write(gpa, data, 0, length);
                memory.read(gpa, data, 0, length);
            } else {
                assertThrows(IndexOutOfBoundsException.class, () -> memory.read(gpa, data, 0, length), step);
                Arrays.fill(data, (byte) 1);
                assertThrows(IndexOutOfBoundsException.class, () -> memory.write(gpa, data, 0, length), step);
            }
            checkWord(gpa, step);
        }
        for (long gpa = 0; gpa < BYTES; gpa += 8) {
            assertEquals(0, memory.getLong(gpa), "seed " + seed);
        }
    }

    private void checkWord(long gpa, String step) {
        if (fits(gpa, 8)) {
            memory.putLong(gpa, 0);
            assertEquals(0, memory.getLong(gpa), step);
            return;
        }
        assertThrows(IndexOutOfBoundsException.class, () -> memory.putLong(gpa, -1), step);
        assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(gpa), step);
        long aligned = gpa & -4;
        if (!fits(aligned, 4)) {
            assertThrows(IndexOutOfBoundsException.class, () -> memory.putInt(aligned, -1), step);
            assertThrows(IndexOutOfBoundsException.class, () -> memory.putIntRelease(aligned, -1), step);
            assertThrows(IndexOutOfBoundsException.class, () -> memory.getIntAcquire(aligned), step);
            assertThrows(IndexOutOfBoundsException.class, () -> memory.getAndBitwiseOrInt(aligned, -1), step);
            assertThrows(IndexOutOfBoundsException.class, () -> memory.getAndBitwiseAndInt(aligned, -1), step);
        }
    }

    @Test
    @DisplayName("atomic OR and AND return what was there")
    void atomicsReturnTheOldValue() {
        memory.putIntRelease(0x100, 0b1100);
        assertEquals(0b1100, memory.getAndBitwiseOrInt(0x100, 0b0011));
        assertEquals(0b1111, memory.getAndBitwiseAndInt(0x100, 0b0101));
        assertEquals(0b0101, memory.getIntAcquire(0x100));
    }

    @Test
    @DisplayName("bits that two threads set with atomic OR are all there")
    void atomicOrLosesNothing() throws InterruptedException {
        Thread odd = new Thread(() -> setBits(1));
        odd.start();
        setBits(0);
        odd.join();
        for (long gpa = 0; gpa < 4096; gpa += 4) {
            assertEquals(-1, memory.getInt(gpa));
        }
    }

    private void setBits(int first) {
        for (long gpa = 0; gpa < 4096; gpa += 4) {
            for (int bit = first; bit < 32; bit += 2) {
                memory.getAndBitwiseOrInt(gpa, 1 << bit);
            }
        }
    }

    private static long address(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong();
            case 1 -> BYTES - 16 + random.nextInt(32);
            case 2 -> -1L - random.nextInt(8192);
            case 3 -> (1L << random.nextInt(64)) - random.nextInt(16);
            default -> random.nextInt((int) BYTES);
        };
    }

    private static boolean fits(long gpa, long length) {
        BigInteger end = new BigInteger(Long.toUnsignedString(gpa)).add(BigInteger.valueOf(length));
        return end.compareTo(BigInteger.valueOf(BYTES)) <= 0;
    }
}
