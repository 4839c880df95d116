package hv.api;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The guest's RAM by guest-physical address (GPA).
 *
 * <p>Implemented by the VMM (or taken from a back end), called by the partition and by enlightenments from any
 * thread while the guest runs. Values are little-endian, as the guest sees them. Plain accesses are not atomic with
 * respect to the guest unless said so.
 *
 * <p>A guest chooses the addresses, so a caller asks {@link #isRam} first; an access outside RAM throws
 * {@link IndexOutOfBoundsException} and touches nothing. That exception is a bug of the caller, never of the guest.
 */
@ConsumerType
public interface GuestMemory {
    /** Bytes in a guest page; every page the TLFS defines has this size. */
    int PAGE_BYTES = 4096;

    /**
     * Whether all of {@code [gpa, gpa + bytes)} is readable and writable RAM.
     *
     * @param gpa any 64-bit value a guest may have written, taken as unsigned
     * @param bytes 1 or more
     */
    boolean isRam(long gpa, long bytes);

    /** The 32-bit value at {@code gpa}; no alignment needed. */
    int getInt(long gpa);

    /** The 64-bit value at {@code gpa}; no alignment needed. */
    long getLong(long gpa);

    /** Stores 32 bits at {@code gpa}; no alignment needed. */
    void putInt(long gpa, int value);

    /** Stores 64 bits at {@code gpa}; no alignment needed. */
    void putLong(long gpa, long value);

    /** Copies {@code length} bytes of RAM at {@code gpa} to {@code to[offset]} and on. */
    void read(long gpa, byte[] to, int offset, int length);

    /** Copies {@code length} bytes from {@code from[offset]} and on to RAM at {@code gpa}. */
    void write(long gpa, byte[] from, int offset, int length);

    /** The 32-bit value at {@code gpa}, a multiple of 4; later accesses of this thread are not moved before it. */
    int getIntAcquire(long gpa);

    /** Stores 32 bits at {@code gpa}, a multiple of 4; earlier accesses of this thread are not moved after it. */
    void putIntRelease(long gpa, int value);

    /** Atomically ORs {@code mask} into the 32 bits at {@code gpa}, a multiple of 4, and returns what was there. */
    int getAndBitwiseOrInt(long gpa, int mask);

    /** Atomically ANDs {@code mask} into the 32 bits at {@code gpa}, a multiple of 4, and returns what was there. */
    int getAndBitwiseAndInt(long gpa, int mask);

    /** Atomically ORs {@code mask} into the 64 bits at {@code gpa}, a multiple of 8, and returns what was there. */
    long getAndBitwiseOrLong(long gpa, long mask);

    /** Atomically ANDs {@code mask} into the 64 bits at {@code gpa}, a multiple of 8, and returns what was there. */
    long getAndBitwiseAndLong(long gpa, long mask);

    /**
     * Atomically stores {@code value} in the 64 bits at {@code gpa}, a multiple of 8, if {@code expected} is there.
     *
     * @return whether it was
     */
    boolean compareAndSetLong(long gpa, long expected, long value);

    /** The first address above all RAM, in bytes; there may be holes below. It does not change. */
    long endGpa();

    /**
     * RAM itself as a buffer, for devices that move data between it and a file or a network without a copy in between.
     * Little-endian, from position 0 to {@code bytes}; not to be used after the VM is closed.
     *
     * @return empty if {@code [gpa, gpa + bytes)} is not all RAM of one region, or this RAM cannot be had as a buffer;
     *     {@link #read} and {@link #write} are left then
     */
    default Optional<ByteBuffer> buffer(long gpa, int bytes) {
        return Optional.empty();
    }

    /**
     * No access of this thread is moved across this, in either direction: a store before it is seen before a load after
     * it is made.
     */
    default void fullFence() {
        VarHandle.fullFence();
    }
}
