package hv.partition.vp;

/** Who looks at an {@link AlarmClock} again when it is time. */
interface Sleeper {
    /** Has it looked at soon; begins to look if nobody does yet. No allocation, no lock. Any thread. */
    void wake();

    /** Has it looked at soon if anybody looks at all. Any thread. */
    void stir();
}
