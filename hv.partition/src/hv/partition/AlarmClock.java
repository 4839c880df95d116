package hv.partition;

import hv.api.Alarm;
import hv.api.Doorbell;
import hv.api.ReferenceClock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * The alarms of a partition and the one host thread that waits for them, started with the first due time.
 *
 * <p>Each alarm is one word with its due time. Setting it is a store and a comparison with the time the thread sleeps to; only a due time
 * before that wakes the thread. While the thread looks through the alarms that time is "never", so a setter that comes meanwhile
 * always wakes it and nothing is missed. The thread rings the VP's doorbell; what is due is decided on the VP.
 *
 * <p>On a manual clock there is no thread: VPs look for themselves with {@link #ringDue}.
 */
final class AlarmClock {
    /** Never sleep longer than this in one go, so that a clock that was moved is noticed. */
    private static final long MAX_SLEEP_NANOS = 1_000_000_000L;

    private static final long NEVER = Long.MAX_VALUE;

    private final ReferenceClock clock;
    private final boolean isManual;
    private final String name;
    private final List<WordAlarm> alarms = new CopyOnWriteArrayList<>();

    /** What the thread sleeps to. Written by the thread, read by setters; volatile order makes the two agree. */
    private volatile long sleepsTo = NEVER;

    private volatile boolean closed;
    private volatile Thread thread;

    AlarmClock(ReferenceClock clock, boolean isManual, String name) {
        this.clock = clock;
        this.isManual = isManual;
        this.name = name;
    }

    /** A new alarm that rings {@code bell}. */
    Alarm alarm(int vp, Doorbell bell) {
        WordAlarm alarm = new WordAlarm(vp, bell);
        alarms.add(alarm);
        return alarm;
    }

    /** Rings what is due on VP {@code vp}: for manual clocks, on the VP's thread. */
    void ringDue(int vp) {
        if (!isManual) {
            return;
        }
        long now = clock.now100ns();
        for (WordAlarm alarm : alarms) {
            if (alarm.vp == vp) {
                alarm.ringIfDue(now);
            }
        }
    }

    /** Ends the thread. */
    void close() {
        closed = true;
        Thread waiting = thread;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    private void wake() {
        Thread waiting = thread;
        if (waiting == null) {
            waiting = start();
        }
        LockSupport.unpark(waiting);
    }

    private synchronized Thread start() {
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
            thread.start();
        }
        return thread;
    }

    private void run() {
        while (!closed) {
            sleepsTo = NEVER;
            long next = NEVER;
            long now = clock.now100ns();
            for (WordAlarm alarm : alarms) {
                next = Math.min(next, alarm.ringIfDue(now));
            }
            sleepsTo = next;
            // A setter that came while we looked saw "never" and left a permit, which ends this sleep at once.
            long sleepNanos = nanosUntil(next, clock.now100ns());
            if (sleepNanos > 0) {
                LockSupport.parkNanos(this, sleepNanos);
            }
        }
    }

    private static long nanosUntil(long due100ns, long now100ns) {
        long ticks = due100ns - now100ns;
        return ticks <= 0 ? 0 : ticks >= MAX_SLEEP_NANOS / 100 ? MAX_SLEEP_NANOS : ticks * 100;
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

        WordAlarm(int vp, Doorbell bell) {
            this.vp = vp;
            this.bell = bell;
        }

        @Override
        public void set(long due) {
            due100ns = due;
            if (!isManual && due < sleepsTo) {
                wake();
            }
        }

        @Override
        public void cancel() {
            due100ns = NEVER;
        }

        /** Rings if due and returns what remains to wait for. */
        long ringIfDue(long now) {
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
