package hv.kvm.vcpu;

import hv.kvm.abi.Ioctl;
import hv.kvm.abi.Vcpu;
import hv.kvm.interrupt.ApicState;
import hv.kvm.layout.KvmMpState;
import hv.kvm.layout.KvmVcpuEvents;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Interrupts for which a guest owes no EOI, in spite of the kernel's local APIC, which knows nothing of that.
 *
 * <p>Such a vector goes past the APIC's request and in-service registers: while the VP is out of the guest it is put
 * where KVM keeps an interrupt that is being delivered (KVM_SET_VCPU_EVENTS, interrupt.injected), and a halted VP is
 * made runnable. That is right only when the guest could take an interrupt of this class now: interrupts enabled,
 * nothing else being delivered, priority above that of the task and of what is in service. Otherwise it stays here, and
 * the VP is asked again a moment later.
 *
 * <p>Requests are bits, so several of one vector before it is delivered are one, as in an APIC. {@link #request} from
 * any thread, the rest on the VP's.
 */
public final class AutoEoi {
    /** Words that hold a bit for each vector. */
    public static final int WORDS = 4;

    private final Vcpu vcpu;
    private final ApicState apic;
    private final MemorySegment events;
    private final MemorySegment mpState;
    private final AtomicLongArray requested = new AtomicLongArray(WORDS);

    AutoEoi(Vcpu vcpu, ApicState apic, Arena arena) {
        this.vcpu = vcpu;
        this.apic = apic;
        this.events = arena.allocate(KvmVcpuEvents.BYTES, 8);
        this.mpState = arena.allocate(KvmMpState.BYTES, 4);
    }

    /** Asks for {@code vector}, 16 to 255; kick the VP afterwards. */
    void request(int vector) {
        requested.getAndAccumulate(vector >>> 6, 1L << vector, (bits, bit) -> bits | bit);
    }

    /** Forgets everything: at a reset. */
    void clear() {
        for (int i = 0; i < WORDS; i++) {
            requested.set(i, 0);
        }
    }

    /** What is asked for: bit n of word m is vector 64 * m + n. While the VP is parked. */
    long[] requested() {
        long[] words = new long[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = requested.get(i);
        }
        return words;
    }

    /** Asks for exactly {@code words}. While the VP is parked. */
    void requested(long[] words) {
        for (int i = 0; i < WORDS; i++) {
            requested.set(i, words[i]);
        }
    }

    boolean isRequested() {
        return (requested.getAcquire(0) | requested.getAcquire(1) | requested.getAcquire(2) | requested.getAcquire(3))
                != 0;
    }

    /** What came of an attempt. */
    enum Outcome {
        NOTHING_LEFT,
        /** One was delivered, and there are more. */
        NEXT_LATER,
        /** The guest cannot take it yet. */
        NOT_YET
    }

    /**
     * Delivers the highest vector if the guest can take it now. While the last exit is finished and the guest not
     * entered.
     */
    Outcome deliver() {
        int vector = highest();
        if (vector < 0) {
            return Outcome.NOTHING_LEFT;
        }
        vcpu.fetch(Ioctl.KVM_GET_MP_STATE, mpState);
        int state = mpState.get(ValueLayout.JAVA_INT, KvmMpState.MP_STATE);
        if (state != KvmMpState.RUNNABLE && state != KvmMpState.HALTED) {
            clear(); // Not started: an APIC in this state takes no interrupts either.
            return Outcome.NOTHING_LEFT;
        }
        vcpu.fetch(Ioctl.KVM_GET_VCPU_EVENTS, events);
        if (!isInterruptible() || vector >>> 4 <= apic.fetchProcessorPriority() >>> 4) {
            return Outcome.NOT_YET;
        }
        requested.getAndAccumulate(vector >>> 6, ~(1L << vector), (bits, mask) -> bits & mask);
        events.set(ValueLayout.JAVA_BYTE, KvmVcpuEvents.INTERRUPT_INJECTED, (byte) 1);
        events.set(ValueLayout.JAVA_BYTE, KvmVcpuEvents.INTERRUPT_NR, (byte) vector);
        events.set(ValueLayout.JAVA_BYTE, KvmVcpuEvents.INTERRUPT_SOFT, (byte) 0);
        vcpu.fetch(Ioctl.KVM_SET_VCPU_EVENTS, events);
        if (state == KvmMpState.HALTED) {
            mpState.set(ValueLayout.JAVA_INT, KvmMpState.MP_STATE, KvmMpState.RUNNABLE);
            vcpu.fetch(Ioctl.KVM_SET_MP_STATE, mpState);
        }
        return isRequested() ? Outcome.NEXT_LATER : Outcome.NOTHING_LEFT;
    }

    private boolean isInterruptible() {
        return vcpu.runPage().interruptsEnabled()
                && is(KvmVcpuEvents.EXCEPTION_INJECTED, 0)
                && is(KvmVcpuEvents.EXCEPTION_PENDING, 0)
                && is(KvmVcpuEvents.INTERRUPT_INJECTED, 0)
                && is(KvmVcpuEvents.INTERRUPT_SHADOW, 0)
                && is(KvmVcpuEvents.NMI_INJECTED, 0);
    }

    private boolean is(long offset, int value) {
        return events.get(ValueLayout.JAVA_BYTE, offset) == value;
    }

    private int highest() {
        for (int i = WORDS - 1; i >= 0; i--) {
            long bits = requested.getAcquire(i);
            if (bits != 0) {
                return 64 * i + 63 - Long.numberOfLeadingZeros(bits);
            }
        }
        return -1;
    }
}
