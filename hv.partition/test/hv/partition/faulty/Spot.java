package hv.partition.faulty;

/** A place in the code of an enlightenment that somebody calls. */
public enum Spot {
    DESCRIPTOR,
    CHECK,
    CPUID,
    ATTACH,
    ADD_VP,
    HANDLERS,
    READ_MSR,
    WRITE_MSR,
    HYPERCALL,
    DOORBELL,
    ALARM,
    END_OF_INTERRUPT,
    NUDGED,
    RETURNED,
    SAVE,
    RESTORE,
    HAND_OVER,
    TAKE_OVER,
    RESET,
    CLOSE,
    WANTS_EMULATION,
    TSC_CHANGED,
    CLOCK_CHANGED,
    SERVICE
}
