package hv.api.device;

/** Whether a guest answers: what a heartbeat device offers. Any thread. */
public interface GuestHealth {
    /** How a guest is. */
    enum Health {
        /** Nothing is known: it has no driver for this, or that has just begun. */
        UNKNOWN,
        /** It has answered lately. */
        ALIVE,
        /** It answered once, and does not any more. */
        SILENT
    }

    /** How the guest is. */
    Health health();

    /** How often it has answered. */
    long answers();
}
