package hv.machine;

/**
 * How a run ended.
 *
 * @param end why
 * @param code what the guest wrote to the debug exit port; meaningful for {@code EXITED}
 * @param resets how often it was reset
 * @param line one line for people
 */
public record MachineResult(End end, int code, int resets, String line) {
    /** Why a run ended. */
    public enum End {
        /** The guest wrote a code to the debug exit port. */
        EXITED,
        /** The guest powered the machine off, in order (ACPI S5). */
        POWERED_OFF,
        /** A VP shut down (triple fault), again after resets. */
        SHUTDOWN,
        /** The guest reported a crash and was to be stopped then. */
        CRASHED,
        /** The guest kept resetting itself. */
        RESET_LOOP,
        /** Somebody stopped it from outside. */
        STOPPED,
        /** The machine cannot go on. */
        FAILED
    }

    /** Whether the guest ended itself and nothing was wrong: it exited with code 0, or powered the machine off. */
    public boolean isSuccess() {
        return end == End.EXITED && code == 0 || end == End.POWERED_OFF;
    }
}
