package hv.kvm.interrupt;

import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.layout.KvmIrqLevel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The lines from a board's devices to its interrupt controllers (KVM_IRQ_LINE). A GSI below 16 leads to the input of
 * that number of the two 8259A and of the I/O APIC, 16 to 23 to the I/O APIC alone, as KVM routes them by default.
 * Whether the guest sees the edge or the level is what it has programmed there.
 *
 * <p>The kernel wants a structure per request. There are two for each line, so they are made beforehand, and a change
 * takes no lock and allocates nothing. Any thread.
 */
public final class InterruptLines {
    private static final int LINES = 24;

    private final UnansweredRequest requests;
    private final MemorySegment structures;

    public InterruptLines(Handle vm, Arena arena) {
        this.requests = new UnansweredRequest(vm, Ioctl.KVM_IRQ_LINE, arena);
        this.structures = arena.allocate((long) LINES * 2 * KvmIrqLevel.BYTES, 8);
        for (int gsi = 0; gsi < LINES; gsi++) {
            for (int level = 0; level <= 1; level++) {
                structures.set(ValueLayout.JAVA_INT, at(gsi, level) + KvmIrqLevel.IRQ, gsi);
                structures.set(ValueLayout.JAVA_INT, at(gsi, level) + KvmIrqLevel.LEVEL, level);
            }
        }
    }

    /** Sets a line, 0 to 23. */
    public void set(int gsi, boolean high) {
        Objects.checkIndex(gsi, LINES);
        requests.send(structures.address() + at(gsi, high ? 1 : 0));
    }

    private static long at(int gsi, int level) {
        return (gsi * 2L + level) * KvmIrqLevel.BYTES;
    }
}
