package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestMemory;
import java.lang.foreign.Arena;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MappedMemoryTest {
    private static final long HIGH_BYTES = 1 << 20;
    private static final long SIZE = MappedMemory.LOW_LIMIT + HIGH_BYTES;
    private static final long HIGH_END = MappedMemory.HIGH_BASE + HIGH_BYTES;

    private final Arena arena = Arena.ofShared();
    private final GuestMemory memory = MappedMemory.map(SIZE, arena);

    @AfterEach
    void unmap() {
        arena.close();
    }

    private static boolean expected(long gpa, long bytes) {
        BigInteger first = new BigInteger(Long.toUnsignedString(gpa));
        BigInteger end = first.add(BigInteger.valueOf(bytes));
        boolean low = end.compareTo(BigInteger.valueOf(MappedMemory.LOW_LIMIT)) <= 0;
        boolean high = first.compareTo(BigInteger.valueOf(MappedMemory.HIGH_BASE)) >= 0
                && end.compareTo(BigInteger.valueOf(HIGH_END)) <= 0;
        return low || high;
    }

    @Test
    @DisplayName("RAM starts where a large page of 2 MiB can, so that the host can back it by large pages")
    void ramStartsAtALargePage() {
        assertEquals(0, MappedMemory.map(4 << 20, arena).low().address() & (2 << 20) - 1);
    }

    @Test
    @DisplayName(
            "isRam agrees with unbounded arithmetic for any unsigned address and length, most of all near the edges")
    void isRamForAnyAddress() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long[] edges = {0, MappedMemory.LOW_LIMIT, MappedMemory.HIGH_BASE, HIGH_END, Long.MIN_VALUE, Long.MAX_VALUE, -1
        };
        for (int i = 0; i < 100_000; i++) {
            long gpa = random.nextInt(4) == 0
                    ? random.nextLong()
                    : edges[random.nextInt(edges.length)] + random.nextInt(33) - 16;
            long bytes = switch (random.nextInt(4)) {
                case 0 -> 1 + random.nextInt(32);
                case 1 -> 4096;
                case 2 -> 1 + (random.nextLong() >>> 1 + random.nextInt(40));
                default -> SIZE + random.nextInt(3) - 1;
            };
            assertEquals(
                    expected(gpa, bytes), memory.isRam(gpa, bytes), "seed %d: %x + %d".formatted(seed, gpa, bytes));
        }
        assertFalse(memory.isRam(0, 0));
        assertFalse(memory.isRam(0, -1));
    }

    @Test
    @DisplayName("An access outside RAM throws IndexOutOfBoundsException, whatever the access")
    void accessOutsideThrows() {
        long[] bad = {
            MappedMemory.LOW_LIMIT - 3,
            MappedMemory.LOW_LIMIT,
            MappedMemory.HIGH_BASE - 4,
            HIGH_END - 3,
            HIGH_END,
            -8,
            Long.MIN_VALUE
        };
        for (long gpa : bad) {
            outside(() -> memory.getInt(gpa));
            outside(() -> memory.getLong(gpa));
            outside(() -> memory.putInt(gpa, 1));
            outside(() -> memory.putLong(gpa, 1));
            outside(() -> memory.read(gpa, new byte[4], 0, 4));
            outside(() -> memory.write(gpa, new byte[4], 0, 4));
            long aligned = gpa & -4;
            if (!memory.isRam(aligned, 4)) {
                outside(() -> memory.getIntAcquire(aligned));
                outside(() -> memory.putIntRelease(aligned, 1));
                outside(() -> memory.getAndBitwiseOrInt(aligned, 1));
                outside(() -> memory.getAndBitwiseAndInt(aligned, 1));
            }
        }
    }

    private static void outside(Executable access) {
        assertThrows(IndexOutOfBoundsException.class, access);
    }

    @Test
    @DisplayName("What is written is read, little-endian, in both regions; a copy that ends beyond RAM changes nothing")
    void valuesInBothRegions() {
        for (long base : new long[] {0x1001, MappedMemory.HIGH_BASE + 0x1001}) {
            memory.putLong(base, 0x1122_3344_5566_7788L);
            assertEquals(0x5566_7788, memory.getInt(base));
            byte[] bytes = new byte[10];
            memory.read(base, bytes, 1, 8);
            assertArrayEquals(new byte[] {0, (byte) 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0}, bytes);
            memory.write(base + 2, new byte[] {9, 1, 2, 9}, 1, 2);
            assertEquals(0x1122_3344_0201_7788L, memory.getLong(base));
        }
        memory.putInt(HIGH_END - 4, 0x77);
        outside(() -> memory.write(HIGH_END - 4, new byte[8], 0, 8));
        assertEquals(0x77, memory.getInt(HIGH_END - 4));
    }

    @Test
    @DisplayName("Atomic OR and AND return the old value")
    void atomics() {
        memory.putIntRelease(0x2000, 0b1100);
        assertEquals(0b1100, memory.getAndBitwiseOrInt(0x2000, 0b0011));
        assertEquals(0b1111, memory.getAndBitwiseAndInt(0x2000, 0b1010));
        assertEquals(0b1010, memory.getIntAcquire(0x2000));
        for (long gpa : new long[] {0x3000, MappedMemory.HIGH_BASE + 0x3000}) {
            assertEquals(0, memory.getAndBitwiseOrLong(gpa, 3L << 40));
            assertEquals(3L << 40, memory.getAndBitwiseAndLong(gpa, 1L << 40));
            assertTrue(memory.compareAndSetLong(gpa, 1L << 40, 5));
            assertFalse(memory.compareAndSetLong(gpa, 6, 7));
            assertEquals(5, memory.getLong(gpa));
        }
    }

    @Test
    @DisplayName("A buffer is the RAM itself, in one region; RAM ends with the upper one")
    void buffers() {
        assertEquals(HIGH_END, memory.endGpa());
        memory.buffer(MappedMemory.HIGH_BASE, 8).orElseThrow().putInt(4, 0x55);
        assertEquals(0x55, memory.getInt(MappedMemory.HIGH_BASE + 4));
        assertTrue(memory.buffer(MappedMemory.LOW_LIMIT - 8, 16).isEmpty());
        assertTrue(memory.buffer(HIGH_END - 8, 9).isEmpty());
    }

    @Test
    @DisplayName("clear makes all RAM zero")
    void clearIsZero() {
        memory.putLong(0x3000, -1);
        memory.putLong(MappedMemory.HIGH_BASE, -1);
        ((MappedMemory) memory).clear();
        assertEquals(0, memory.getLong(0x3000));
        assertEquals(0, memory.getLong(MappedMemory.HIGH_BASE));
        assertTrue(memory.isRam(0x3000, 8));
    }
}
