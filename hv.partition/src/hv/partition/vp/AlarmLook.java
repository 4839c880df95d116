package hv.partition.vp;

import hv.partition.failure.OverdueException;

/** What {@link AlarmThread} looks at: the alarms of a partition. */
interface AlarmLook {
    /** Not before somebody asks for it. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Rings what is due. Throws nothing.
     *
     * @return when to look again, in ns from now, or {@link #NEVER}
     */
    long look();

    /** Whether it is not to be looked at any more. */
    boolean isClosed();

    /** A look does not come back. */
    void overdue(OverdueException overdue);
}
