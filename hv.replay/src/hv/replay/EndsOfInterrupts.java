package hv.replay;

import hv.api.GuestMemory;
import hv.replay.Operation.Eoi;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What of a VP's operations is not as recorded where the local APIC is the kernel's and not ours:
 *
 * <ul>
 *   <li>It does not tell when the guest ends an interrupt, while the recorded Hyper-V, part of the same kernel, takes
 *   that for an
 *       acknowledgement: a message that waits for its slot comes now. Here it waits on for EOM. From then on timers,
 *       messages and interrupts of the VP go their own ways.
 *   <li>Some KVMs forget an interrupt once it is delivered: one that was not ended does not hold back the others.
 * </ul>
 *
 * <p>Everything else is compared. One VP, on our thread, while it is stopped.
 */
final class EndsOfInterrupts {
    static final String FORGOTTEN = "this KVM does not hold back interrupts when one was not ended";
    static final String UNSEEN =
            "they follow the end of an interrupt for which a message waited, and KVM does not tell it";

    private static final int HV_X64_MSR_EOI = 0x4000_0070;
    private static final int HV_X64_MSR_SIMP = 0x4000_0083;
    private static final int HV_X64_MSR_SINT0 = 0x4000_0090;
    private static final int HV_X64_MSR_STIMER0_CONFIG = 0x4000_00B0;
    private static final int STIMER_MSRS = 8;
    private static final int SINTS = 16;
    private static final int MASKED = 1 << 16;
    private static final int AUTO_EOI = 1 << 17;
    private static final int SLOT_BYTES = 256;
    private static final int FLAGS = 4;
    private static final int MESSAGE_PENDING = 1 << 8;

    private final GuestMemory memory;
    private final boolean keepsInService;
    private final long[] sints = new long[SINTS];
    private long simp;

    /** How many interrupts have not been ended, on a KVM that forgets them. */
    private int notEnded;

    /** Whether interrupts came that ought to have been held back. */
    private boolean isAhead;

    private boolean isUnseen;
    private Optional<String> window = Optional.empty();

    /** {@code keepsInService}: whether an interrupt that is not ended holds others back. */
    EndsOfInterrupts(GuestMemory memory, boolean keepsInService) {
        this.memory = memory;
        this.keepsInService = keepsInService;
    }

    /** The VP has written an MSR, without a fault. */
    void wrote(int msr, long value) {
        if (msr == HV_X64_MSR_EOI) {
            notEnded = Math.max(0, notEnded - 1);
        } else if (msr == HV_X64_MSR_SIMP) {
            simp = value;
        } else if (msr >= HV_X64_MSR_SINT0 && msr < HV_X64_MSR_SINT0 + SINTS) {
            sints[msr - HV_X64_MSR_SINT0] = value;
        }
    }

    /** For which SINTs, as bits, a message waits until its slot is free. */
    int waiting() {
        long page = simp & -GuestMemory.PAGE_BYTES;
        if ((simp & 1) == 0 || !memory.isRam(page, GuestMemory.PAGE_BYTES)) {
            return 0;
        }
        int waiting = 0;
        for (int sint = 0; sint < SINTS; sint++) {
            long slot = page + (long) sint * SLOT_BYTES;
            boolean isFree = memory.getInt(slot) == 0;
            waiting |= isFree && (memory.getInt(slot + FLAGS) & MESSAGE_PENDING) != 0 ? 1 << sint : 0;
        }
        return waiting;
    }

    /** The VP has taken {@code taken} in a window, before which {@code waiting} waited. */
    void took(SortedMap<Integer, Integer> taken, Eoi eoi, int waiting) {
        window = Optional.empty();
        if (notEnded > 0) {
            window = Optional.of(FORGOTTEN);
            isAhead |= !taken.isEmpty();
        } else if (isAhead) {
            window = Optional.of(FORGOTTEN);
            isAhead = false;
        }
        boolean isSkipped = window.isPresent();
        for (int sint = 0; sint < SINTS; sint++) {
            isUnseen |= eoi != Eoi.NONE && (waiting >>> sint & 1) != 0 && taken.containsKey(vector(sint));
        }
        if (isUnseen && !isSkipped) {
            window = Optional.of(UNSEEN);
        }
        if (eoi == Eoi.NONE && !keepsInService) {
            notEnded += (int) taken.keySet().stream().filter(this::needsEoi).count();
        }
    }

    private int vector(int sint) {
        return (int) sints[sint] & 0xFF;
    }

    private boolean needsEoi(int vector) {
        for (int sint = 0; sint < SINTS; sint++) {
            if (vector(sint) == vector && (sints[sint] & (AUTO_EOI | MASKED)) == AUTO_EOI) {
                return false;
            }
        }
        return true;
    }

    /** Why the outcome of {@code operation}, which was the last of this VP or a peek, may be another. */
    Optional<String> incomparable(Operation operation) {
        return switch (operation) {
            case Operation.Interrupts interrupts -> window;
            case Operation.ReadMsr read -> unseenIf(isTimer(read.msr()));
            case Operation.Peek peek -> unseenIf(isMessagePage(peek));
            default -> Optional.empty();
        };
    }

    private Optional<String> unseenIf(boolean isConcerned) {
        return isUnseen && isConcerned ? Optional.of(UNSEEN) : Optional.empty();
    }

    private static boolean isTimer(int msr) {
        return msr >= HV_X64_MSR_STIMER0_CONFIG && msr < HV_X64_MSR_STIMER0_CONFIG + STIMER_MSRS;
    }

    private boolean isMessagePage(Operation.Peek peek) {
        long page = simp & -GuestMemory.PAGE_BYTES;
        return peek.gpa() + peek.bytes().length() > page && peek.gpa() < page + GuestMemory.PAGE_BYTES;
    }
}
