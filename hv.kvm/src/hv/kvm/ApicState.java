package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A copy of a local APIC's registers (KVM_GET_LAPIC), reused: 1 KiB, register n of the Intel manual at its offset. On
 * the VP's thread, out of the guest.
 */
final class ApicState {
    private static final int BYTES = 0x400;
    private static final long TPR = 0x80;
    private static final long SPURIOUS_VECTOR = 0xF0;
    private static final long ISR = 0x100;
    private static final long ICR_LOW = 0x300;
    private static final long ICR_HIGH = 0x310;
    private static final int ENABLED = 0x1FF;

    private final Vcpu vcpu;
    private final MemorySegment registers;

    ApicState(Vcpu vcpu, Arena arena) {
        this.vcpu = vcpu;
        this.registers = arena.allocate(BYTES, 8);
    }

    private void fetch() {
        vcpu.fetch(Ioctl.KVM_GET_LAPIC, registers);
    }

    private void store() {
        vcpu.fetch(Ioctl.KVM_SET_LAPIC, registers);
    }

    /**
     * The processor priority: the higher of the task's and of what is in service (Intel SDM, "Task and Processor
     * Priorities").
     */
    int fetchProcessorPriority() {
        fetch();
        int service = Math.max(highestInService(), 0) & 0xF0;
        int task = get(TPR) & 0xFF;
        return service > (task & 0xF0) ? service : task;
    }

    /** Switches the APIC on, as a guest does by its spurious vector register. */
    void enable() {
        fetch();
        set(SPURIOUS_VECTOR, ENABLED);
        store();
    }

    int fetchTaskPriority() {
        fetch();
        return get(TPR) & 0xFF;
    }

    void taskPriority(int value) {
        fetch();
        set(TPR, value);
        store();
    }

    /** The vector in service with the highest priority, or -1. */
    int fetchInService() {
        fetch();
        return highestInService();
    }

    /** Ends what is in service with the highest priority and returns its vector; -1 with nothing in service. */
    int endOfInterrupt() {
        int vector = fetchInService();
        if (vector >= 0) {
            long word = ISR + 0x10L * (vector >>> 5);
            set(word, get(word) & ~(1 << vector));
            store();
        }
        return vector;
    }

    long fetchCommand() {
        fetch();
        return Integer.toUnsignedLong(get(ICR_LOW)) | (long) get(ICR_HIGH) << 32;
    }

    /** Stores the command register; sending is not part of it. */
    void command(long value) {
        fetch();
        set(ICR_LOW, (int) value);
        set(ICR_HIGH, (int) (value >>> 32));
        store();
    }

    private int highestInService() {
        for (int word = 7; word >= 0; word--) {
            int bits = get(ISR + 0x10L * word);
            if (bits != 0) {
                return 32 * word + 31 - Integer.numberOfLeadingZeros(bits);
            }
        }
        return -1;
    }

    private int get(long offset) {
        return registers.get(ValueLayout.JAVA_INT, offset);
    }

    private void set(long offset, int value) {
        registers.set(ValueLayout.JAVA_INT, offset, value);
    }
}
