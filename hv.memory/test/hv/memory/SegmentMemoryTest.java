package hv.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentMemoryTest {
    private static final int BYTES = 64 << 10;

    private final Arena arena = Arena.ofShared();
    private final GuestMemory memory = new SegmentMemory(arena.allocate(BYTES, GuestMemory.PAGE_BYTES));

    @Test
    @DisplayName("A buffer is the RAM itself, in both directions, and little-endian")
    void bufferIsRam() {
        ByteBuffer buffer = memory.buffer(0x1001, 16).orElseThrow();
        memory.putLong(0x1001, 0x1122_3344_5566_7788L);
        assertEquals(0x1122_3344_5566_7788L, buffer.getLong(0));
        buffer.putInt(8, 0xCAFE);
        assertEquals(0xCAFE, memory.getInt(0x1009));
        assertEquals(16, buffer.remaining());
    }

    @Test
    @DisplayName("There is no buffer over the end of RAM, of no bytes, or of RAM on the heap")
    void noBuffer() {
        assertTrue(memory.buffer(BYTES - 16, 16).isPresent());
        assertTrue(memory.buffer(BYTES - 16, 17).isEmpty());
        assertTrue(memory.buffer(-1, 1).isEmpty());
        assertTrue(memory.buffer(0, 0).isEmpty());
        assertTrue(onHeap().buffer(0, 16).isEmpty());
    }

    @Test
    @DisplayName("A file is read into RAM without a copy in between, and RAM may be a file")
    void files(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("ram");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            GuestMemory mapped = new SegmentMemory(channel.map(MapMode.READ_WRITE, 0, BYTES, arena));
            mapped.putLong(0x2000, 42);
            assertEquals(8, channel.read(memory.buffer(0x3000, 8).orElseThrow(), 0x2000));
        }
        assertEquals(42, memory.getLong(0x3000));
    }

    @Test
    @DisplayName("64 bits are changed at once, and what was there is told")
    void atomics() {
        for (GuestMemory each : new GuestMemory[] {memory, onHeap()}) {
            each.putLong(8, 0b1100L << 40);
            assertEquals(0b1100L << 40, each.getAndBitwiseOrLong(8, 0b0011L << 40));
            assertEquals(0b1111L << 40, each.getAndBitwiseAndLong(8, 0b1010L << 40));
            assertFalse(each.compareAndSetLong(8, 1, 2));
            assertTrue(each.compareAndSetLong(8, 0b1010L << 40, 7));
            assertEquals(7, each.getLong(8));
            each.fullFence();
            assertEquals(BYTES, each.endGpa());
            assertThrows(IndexOutOfBoundsException.class, () -> each.getAndBitwiseOrLong(BYTES, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> each.compareAndSetLong(-8, 0, 1));
        }
    }

    @Test
    @DisplayName("A segment that atomic access is not promised for is refused: read-only, of bytes, odd, empty")
    void refused() {
        for (MemorySegment bad : new MemorySegment[] {
            arena.allocate(4096, 8).asReadOnly(),
            MemorySegment.ofArray(new byte[4096]),
            arena.allocate(8192, 8).asSlice(4, 4096),
            arena.allocate(4095, 8),
            MemorySegment.NULL
        }) {
            assertThrows(IllegalArgumentException.class, () -> new SegmentMemory(bad));
        }
    }

    @Test
    @DisplayName("After its arena is closed an access is refused, never carried out")
    void closed() {
        arena.close();
        assertThrows(IllegalStateException.class, () -> memory.getLong(0));
        assertThrows(IllegalStateException.class, () -> memory.getAndBitwiseOrLong(0, 1));
    }

    private static SegmentMemory onHeap() {
        return new SegmentMemory(MemorySegment.ofArray(new long[BYTES / Long.BYTES]));
    }
}
