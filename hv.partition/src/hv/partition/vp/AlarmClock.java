package hv.partition.vp;

import hv.api.enlightenment.Alarm;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.ReferenceClock;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.failure.OverdueException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;

/**
 * The alarms of a partition. One host thread looks at those of all partitions ({@link AlarmThread}).
 *
 * <p>Each alarm is one word with its due time. Setting it is a store and a comparison with the time of the next look;
 * only a due time before that wakes the thread. While the thread looks through the alarms that time is "never", so a
 * setter that comes meanwhile always asks for another look and nothing is missed. The thread rings the VP's doorbell;
 * what is due is decided on the VP.
 *
 * <p>A guest that sets alarms one after another at once cannot keep the thread busy: in the long run it looks at most
 * once in {@value #FLOOR_NANOS} ns for each alarm there is, and what falls due in between is rung together. Until then
 * no setter wakes the thread. A few alarms close together are rung on time.
 *
 * <p>On a manual clock there is no thread: VPs look for themselves with {@link #ringDue}.
 */
public final class AlarmClock implements AlarmLook {
    /** The next look is never later than this: host time and guest time need not run at quite the same speed. */
    private static final long MAX_SLEEP_100NS = 10_000_000;

    /**
     * The shortest period that is kept in the long run. KVM and the TLFS have none for these timers; it is what KVM has
     * for the APIC's ({@code min_timer_period_us}).
     */
    private static final long FLOOR_NANOS = 200_000;

    /** How far alarms may be ahead of that: twenty at once. */
    private static final long BURST_NANOS = 20 * FLOOR_NANOS;

    /** Earlier than any alarm: nobody wakes the thread. */
    private static final long AT_ONCE = Long.MIN_VALUE;

    /** After a host could not tell the time, until it is asked again. */
    private static final long RETRY_NANOS = 10_000_000;

    private final ReferenceClock clock;
    private final boolean isManual;
    private final Failures failures;
    private final Sleeper sleeper;
    private final AlarmList<WordAlarm> alarms = new AlarmList<>(new WordAlarm[0]);
    private final Pace pace = new Pace(BURST_NANOS, System.nanoTime());

    /** The time of the next look. Written by the thread, read by setters; volatile order makes the two agree. */
    private volatile long looksAt = NEVER;

    private volatile boolean closed;

    /** The clock of a partition, which {@code thread} looks at. */
    public AlarmClock(ReferenceClock clock, boolean isManual, Failures failures, AlarmThread thread) {
        this(clock, isManual, failures, thread::turn);
    }

    /** A clock whose looks are done by whoever {@code sleeper} gives them to. */
    AlarmClock(ReferenceClock clock, boolean isManual, Failures failures, Function<AlarmLook, Sleeper> sleeper) {
        this.clock = clock;
        this.isManual = isManual;
        this.failures = failures;
        this.sleeper = sleeper.apply(this);
    }

    /** A new alarm that rings {@code bell}. */
    Alarm alarm(int vp, Doorbell bell) {
        WordAlarm alarm = new WordAlarm(vp, bell);
        alarms.add(alarm);
        return alarm;
    }

    /** Takes an alarm back: it never goes off again. */
    void release(Alarm alarm) {
        // Both at once, so that each is counted before it is left out.
        synchronized (alarms) {
            if (alarm instanceof WordAlarm ours && ours.end()) {
                alarms.takenOut(WordAlarm::isEnded);
            }
        }
    }

    /** Rings what is due on VP {@code vp}: for manual clocks, on the VP's thread. */
    void ringDue(int vp) {
        if (!isManual) {
            return;
        }
        try {
            long now = clock.now100ns();
            for (WordAlarm alarm : alarms.all()) {
                if (alarm == null) {
                    break;
                }
                if (alarm.vp == vp) {
                    alarm.ringIfDue(now);
                }
            }
        } catch (Throwable e) {
            failures.record(Failures.HOST, Callback.TIME, e);
        }
    }

    /** Reference time has jumped: the time of the next look may be another moment now. */
    public void clockMoved() {
        sleeper.stir();
    }

    /** It is not looked at any more. */
    public void close() {
        closed = true;
        sleeper.stir();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /** The host's code, in which the thread is for this partition, does not come back. */
    @Override
    public void overdue(OverdueException overdue) {
        failures.record(Failures.HOST, Callback.TIME, overdue);
    }

    /** A host that cannot tell the time is asked again: without that the guest would have no timers. */
    @Override
    public long look() {
        try {
            return ringDueAndWait();
        } catch (Throwable e) {
            failures.record(Failures.HOST, Callback.TIME, e);
            return RETRY_NANOS;
        }
    }

    private long ringDueAndWait() {
        long nowNanos = System.nanoTime();
        long paceNanos = pace.waitNanos(nowNanos);
        if (paceNanos > 0) {
            looksAt = AT_ONCE;
            return paceNanos;
        }
        pace.done(nowNanos, FLOOR_NANOS / Math.max(1, alarms.count()));
        looksAt = NEVER;
        long next = NEVER;
        long now = clock.now100ns();
        for (WordAlarm alarm : alarms.all()) {
            if (alarm == null) {
                break;
            }
            next = Math.min(next, alarm.ringIfDue(now));
        }
        if (pace.waitNanos(nowNanos) > 0) {
            return 0;
        }
        looksAt = next;
        // A setter that came while we looked saw "never" and has asked for another look already.
        return next == NEVER ? NEVER : Math.max(0, Math.min(next - clock.now100ns(), MAX_SLEEP_100NS)) * 100;
    }

    /** One alarm: a due time, or {@link #NEVER}. */
    private final class WordAlarm implements Alarm {
        private static final VarHandle DUE;

        static {
            try {
                DUE = MethodHandles.lookup().findVarHandle(WordAlarm.class, "due100ns", long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final int vp;
        private final Doorbell bell;
        private volatile long due100ns = NEVER;
        private volatile boolean isEnded;

        WordAlarm(int vp, Doorbell bell) {
            this.vp = vp;
            this.bell = bell;
        }

        /** It never goes off again; false if that was so before. One thread at a time. */
        boolean end() {
            boolean isFirst = !isEnded;
            isEnded = true;
            due100ns = NEVER;
            return isFirst;
        }

        boolean isEnded() {
            return isEnded;
        }

        @Override
        public void set(long due) {
            if (isEnded) {
                return;
            }
            due100ns = due;
            if (!isManual && due < looksAt) {
                sleeper.wake();
            }
        }

        @Override
        public void cancel() {
            due100ns = NEVER;
        }

        /** Rings if due and returns what remains to wait for. */
        long ringIfDue(long now) {
            if (isEnded) {
                return NEVER;
            }
            long due = due100ns;
            if (due == NEVER || due > now) {
                return due;
            }
            if (DUE.compareAndSet(this, due, NEVER)) {
                bell.ring();
            }
            return due100ns;
        }
    }
}
