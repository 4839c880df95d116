package hv.machine;

/** What happens when the guest says that it has crashed (crash MSRs). */
public enum CrashAction {
    /** It goes on: it may write a dump, or reset by itself. */
    CONTINUE,
    /** The run ends. */
    STOP,
    /** The machine is reset. */
    RESET
}
