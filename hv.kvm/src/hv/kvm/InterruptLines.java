package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The lines from a board's devices to its interrupt controllers (KVM_IRQ_LINE). A GSI below 16 leads to the input of that
 * number of the two 8259A and of the I/O APIC, 16 to 23 to the I/O APIC alone, as KVM routes them by default. Whether the guest sees the edge or the level is what it has programmed there.
 *
 * <p>The kernel wants a structure per request. There are two for each line, so they are made beforehand, and a change
 * takes no lock and allocates nothing. Any thread.
 */
final class InterruptLines {
    private static final int LINES = 24;
    private static final int STRUCTURE_BYTES = 8;

    private final Handle vm;
    private final MemorySegment structures;

    InterruptLines(Handle vm, Arena arena) {
        this.vm = vm;
        this.structures = arena.allocate((long) LINES * 2 * STRUCTURE_BYTES, 8);
        for (int gsi = 0; gsi < LINES; gsi++) {
            for (int level = 0; level <= 1; level++) {
                structures.set(ValueLayout.JAVA_INT, at(gsi, level), gsi);
                structures.set(ValueLayout.JAVA_INT, at(gsi, level) + 4, level);
            }
        }
    }

    /** Sets a line, 0 to 23. */
    void set(int gsi, boolean high) {
        Objects.checkIndex(gsi, LINES);
        LibC.ioctlUnchecked(vm.fd(), Ioctl.KVM_IRQ_LINE.number, structures.address() + at(gsi, high ? 1 : 0));
    }

    private static long at(int gsi, int level) {
        return (gsi * 2L + level) * STRUCTURE_BYTES;
    }
}
