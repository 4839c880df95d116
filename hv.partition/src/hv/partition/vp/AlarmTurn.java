package hv.partition.vp;

/** When a partition's {@link AlarmClock} is looked at next. */
final class AlarmTurn implements Sleeper {
    private final AlarmThread thread;
    final AlarmLook clock;

    /** Whether it is among those that were woken, and the next one there. Of {@link AlarmThread}. */
    volatile int isWoken;

    AlarmTurn nextWoken;

    // Of the queue, guarded by the thread's monitor.
    long atNanos;
    int place = AlarmQueue.NOWHERE;

    /** Whether it is counted as one that there is something to do for. Guarded by the thread's monitor. */
    boolean isKnown;

    /** Whether a thread that was given up is in it. Guarded by the thread's monitor. */
    boolean isLost;

    AlarmTurn(AlarmThread thread, AlarmLook clock) {
        this.thread = thread;
        this.clock = clock;
    }

    @Override
    public void wake() {
        thread.wake(this);
    }

    @Override
    public void stir() {
        thread.stir(this);
    }
}
