package hv.api;

/** Something the guest asked for that only the VMM can do. Immutable. */
public sealed interface PowerEvent {
    /** The VP that asked. */
    int vp();

    /**
     * The guest wants to be reset (RESET MSR).
     *
     * @param vp the VP that asked
     */
    record Reset(int vp) implements PowerEvent {}

    /**
     * The guest has crashed and says so. It goes on running: what it does next (write a dump, reset, stop) is its own
     * choice unless the VMM decides otherwise.
     *
     * @param report the five parameters
     */
    record Crash(CrashReport report) implements PowerEvent {
        @Override
        public int vp() {
            return report.vp();
        }
    }
}
