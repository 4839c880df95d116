package hv.replay;

import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.replay.Operation.Eoi;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A guest that does as it is told: what operations are replayed on. Between two operations every VP is stopped. A fault
 * is what the guest would get. VP numbers and memory ranges are within what the header announced. One thread.
 */
interface Machine extends AutoCloseable {
    /** RDMSR on a VP. */
    long readMsr(int vp, int msr) throws GuestFault;

    /** WRMSR on a VP. */
    void writeMsr(int vp, int msr, long value) throws GuestFault;

    /** CPUID on a VP, a leaf from 0x40000000 to 0x4FFFFFFF. */
    CpuidTable.Leaf cpuid(int vp, int leaf, int subleaf);

    /**
     * Makes a hypercall on a VP, and changes RAX and RDX of {@code registers} to what they are then.
     *
     * @param via address of the code that makes it, which is {@link #callCode}; empty: it makes no difference
     */
    void hypercall(int vp, CallRegisters registers, Optional<Long> via) throws GuestFault;

    /** The first {@code length} bytes at an address that a guest chose; fewer where RAM ends. */
    byte[] code(long gpa, int length);

    /** Code that makes a hypercall and returns to its caller. */
    byte[] callCode();

    /** Writes memory. */
    void poke(long gpa, byte... bytes);

    /** Reads memory. */
    byte[] peek(long gpa, int length);

    /**
     * Has a VP take interrupts until none can be delivered.
     *
     * @return how many came, by vector
     * @throws GuestFault if the handler cannot write the EOI MSR
     */
    SortedMap<Integer, Integer> takeInterrupts(int vp, Eoi eoi, long assist) throws GuestFault;

    /** Lets time pass and then every VP run once. */
    void sleep(int millis);

    /** What the VMM was told since the last call: {@code crash} or {@code reset}, in order. */
    List<String> takeEvents();

    /**
     * Why the outcome of {@code operation}, which was the last, need not be the recorded one on this machine; empty if
     * it must be.
     */
    default Optional<String> incomparable(Operation operation) {
        return Optional.empty();
    }

    @Override
    void close();
}
