package hv.partition.vp;

/** Who looks through alarms and sleeps in between. */
interface Sleeper {
    long UNTIL_WOKEN = Long.MAX_VALUE;

    /** Sleeps; ends early if woken, and at once if that was before. On the thread that looks. */
    void sleep(long nanos);

    /** Ends the sleep, or the next one; begins to look if nobody does yet. Any thread. */
    void wake();

    /** Ends the sleep of whoever looks already. Any thread. */
    void stir();
}
