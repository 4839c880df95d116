package hv.synic;

import hv.api.GuestMemory;
import hv.api.GuestPage;
import hv.api.HvStatus;

/**
 * SCONTROL, SIEFP and the event flags page behind it (TLFS "Virtual Interrupt Controller: SynIC Event Flags Page"):
 * flag f of SINTn is bit f mod 8 of byte 256 * n + f / 8.
 *
 * <p>The registers are written by the VP's thread. Events are signalled by any, and straight into the page: setting a
 * flag is atomic, so nobody need wait for the VP to come by.
 */
final class EventPage {
    static final int FLAGS = 2048;

    private static final long SCONTROL_ENABLE = 1;
    private static final int FLAGS_BYTES = FLAGS / Byte.SIZE;

    private final GuestMemory memory;
    private final Sints sints;
    private volatile long control;
    private volatile long register;

    EventPage(GuestMemory memory, Sints sints) {
        this.memory = memory;
        this.sints = sints;
    }

    long control() {
        return control;
    }

    void control(long value) {
        control = value;
    }

    long register() {
        return register;
    }

    void register(long value) {
        register = value;
    }

    /**
     * Sets a flag, and requests the interrupt if it was clear; a masked SINT gets the flag and no interrupt, as in
     * QEMU.
     */
    int signal(int sint, int flag) {
        long page = register;
        if ((control & SCONTROL_ENABLE) == 0 || !GuestPage.isUsable(page, memory)) {
            return HvStatus.INVALID_SYNIC_STATE;
        }
        long word = GuestPage.gpa(page) + (long) sint * FLAGS_BYTES + (long) (flag / Integer.SIZE) * Integer.BYTES;
        int bit = 1 << flag;
        if ((memory.getAndBitwiseOrInt(word, bit) & bit) == 0) {
            sints.raise(sint);
        }
        return HvStatus.SUCCESS;
    }
}
