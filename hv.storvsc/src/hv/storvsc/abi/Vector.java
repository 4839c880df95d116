package hv.storvsc.abi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The pieces of memory that one read or write goes to or comes from, as the kernel wants them (struct iovec), and room
 * for its errno. Used again for the next one; it grows and does not shrink. One thread at a time.
 */
public final class Vector {
    private static final int ENTRY_BYTES = 16;
    private static final int LEAST = 8;

    private MemorySegment entries = Arena.ofAuto().allocate((long) LEAST * ENTRY_BYTES, Long.BYTES);
    private final MemorySegment capture = Syscalls.capture(Arena.ofAuto());
    private MemorySegment kept = MemorySegment.NULL;
    private int first;
    private int count;
    private long bytes;

    /** Forgets all pieces. */
    public void clear() {
        first = 0;
        count = 0;
        bytes = 0;
        kept = MemorySegment.NULL;
    }

    /**
     * Adds guest memory.
     *
     * @return false if the kernel cannot reach it in this process
     */
    public boolean add(GuestRam ram, long gpa, int length) {
        long address = ram.address(gpa, length);
        if (address == 0) {
            return false;
        }
        if (count == 0) {
            kept = ram.keeper(gpa);
        }
        add(address, length);
        return true;
    }

    /** Adds native memory, which the caller keeps open until the call is back. */
    public void add(MemorySegment memory) {
        if (count == 0) {
            kept = memory;
        }
        add(memory.address(), memory.byteSize());
    }

    private void add(long address, long length) {
        if (count > 0 && at(count - 1, 0) + at(count - 1, 1) == address) {
            put(count - 1, 1, at(count - 1, 1) + length);
        } else {
            if ((long) (count + 1) * ENTRY_BYTES > entries.byteSize()) {
                MemorySegment larger = Arena.ofAuto().allocate(entries.byteSize() * 2, Long.BYTES);
                entries = larger.copyFrom(entries);
            }
            put(count, 0, address);
            put(count, 1, length);
            count++;
        }
        bytes += length;
    }

    private long at(int index, int word) {
        return entries.get(JAVA_LONG, (long) index * ENTRY_BYTES + (long) word * Long.BYTES);
    }

    private void put(int index, int word, long value) {
        entries.set(JAVA_LONG, (long) index * ENTRY_BYTES + (long) word * Long.BYTES, value);
    }

    /** How many bytes are left. */
    public long bytes() {
        return bytes;
    }

    /** The first {@code done} of them have been moved. */
    void skip(long done) {
        bytes -= done;
        long left = done;
        while (left > 0) {
            long length = at(first, 1);
            if (length > left) {
                put(first, 0, at(first, 0) + left);
                put(first, 1, length - left);
                return;
            }
            left -= length;
            first++;
        }
    }

    /** Whether all pieces begin and end at multiples of {@code unit}, a power of two. */
    boolean isAligned(int unit) {
        long bits = 0;
        for (int i = first; i < count; i++) {
            bits |= at(i, 0) | at(i, 1);
        }
        return (bits & (unit - 1)) == 0;
    }

    long call(long number, int fd, long position, int flags) {
        long from = entries.address() + (long) first * ENTRY_BYTES;
        return Syscalls.call(capture, kept, number, fd, from, count - first, position, flags);
    }
}
