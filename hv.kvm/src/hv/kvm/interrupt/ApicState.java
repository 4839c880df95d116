package hv.kvm.interrupt;

import hv.kvm.abi.Ioctl;
import hv.kvm.abi.Vcpu;
import hv.kvm.layout.KvmLapicState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A copy of a local APIC's registers (KVM_GET_LAPIC), reused. On
 * the VP's thread, out of the guest.
 */
public final class ApicState {
    private static final int ENABLED = 0x1FF;

    private final Vcpu vcpu;
    private final MemorySegment registers;

    public ApicState(Vcpu vcpu, Arena arena) {
        this.vcpu = vcpu;
        this.registers = arena.allocate(KvmLapicState.BYTES, 8);
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
    public int fetchProcessorPriority() {
        fetch();
        int service = Math.max(highestInService(), 0) & 0xF0;
        int task = get(KvmLapicState.TPR) & 0xFF;
        return service > (task & 0xF0) ? service : task;
    }

    /** Switches the APIC on, as a guest does by its spurious vector register. */
    public void enable() {
        fetch();
        set(KvmLapicState.SPURIOUS_VECTOR, ENABLED);
        store();
    }

    int fetchTaskPriority() {
        fetch();
        return get(KvmLapicState.TPR) & 0xFF;
    }

    void taskPriority(int value) {
        fetch();
        set(KvmLapicState.TPR, value);
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
            long word = KvmLapicState.ISR + 0x10L * (vector >>> 5);
            set(word, get(word) & ~(1 << vector));
            store();
        }
        return vector;
    }

    long fetchCommand() {
        fetch();
        return Integer.toUnsignedLong(get(KvmLapicState.ICR_LOW)) | (long) get(KvmLapicState.ICR_HIGH) << 32;
    }

    /** Stores the command register; sending is not part of it. */
    void command(long value) {
        fetch();
        set(KvmLapicState.ICR_LOW, (int) value);
        set(KvmLapicState.ICR_HIGH, (int) (value >>> 32));
        store();
    }

    private int highestInService() {
        for (int word = 7; word >= 0; word--) {
            int bits = get(KvmLapicState.ISR + 0x10L * word);
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
