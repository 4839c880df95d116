package hv.partition.vp;

import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.failure.OverdueException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that looks at the alarms of all partitions, each when it is due, the one that is due first before the
 * others. It is started when a clock is woken for the first time, and ends when there has been no clock to look at for
 * a while.
 *
 * <p>Looking calls code of the VMM: it tells the time and kicks VPs. A second thread watches over that. If the code of
 * one VMM has not come back for a second, the thread is left to it and another one goes on with the clocks of all other
 * partitions; the clock in question is looked at again when the code has come back. So one that hangs costs one thread
 * for each of its partitions at most, and others a delay of about a second each time.
 *
 * <p>Who wakes a clock takes no lock and allocates nothing: clocks that were woken are a list of their own, which the
 * thread takes as a whole.
 */
public final class AlarmThread {
    /** How often the watch looks, and how often it must have seen the same: a process that was stopped loses one. */
    private static final long WATCH_NANOS = 125_000_000;

    private static final int WATCHES = 8;

    /** So long there is a thread with nothing to do. */
    private static final long IDLE_NANOS = 5_000_000_000L;

    private static final VarHandle WOKEN;
    private static final VarHandle IS_WOKEN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WOKEN = lookup.findVarHandle(AlarmThread.class, "woken", AlarmTurn.class);
            IS_WOKEN = lookup.findVarHandle(AlarmTurn.class, "isWoken", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long NOBODY = -1;

    private final String name;
    private final Failures failures;

    /** The newest of those that were woken; each knows the one before. */
    private volatile AlarmTurn woken;

    /** Who looks; null if nobody does. Written under the monitor. */
    private volatile Thread looker;

    // Guarded by this.
    private final AlarmQueue queue = new AlarmQueue();
    private Thread watcher;
    private boolean isWatchAsleep;
    private AlarmTurn inHand;
    private long looks;

    /** Clocks that were woken and are not closed. */
    private int known;

    /** 0 while there are any. */
    private long idleSinceNanos;

    /** A thread that is not there yet; what fails in itself is told to {@code failures}. */
    public AlarmThread(Failures failures) {
        this("hv-alarms", failures);
    }

    /** The same under another name. */
    AlarmThread(String name, Failures failures) {
        this.name = name;
        this.failures = failures;
    }

    /** The turn of a clock that nobody has woken yet. */
    Sleeper turn(AlarmLook clock) {
        return new AlarmTurn(this, clock);
    }

    void wake(AlarmTurn turn) {
        push(turn);
        Thread looking = looker;
        if (looking == null) {
            looking = start();
        }
        LockSupport.unpark(looking);
    }

    void stir(AlarmTurn turn) {
        Thread looking = looker;
        if (looking != null) {
            push(turn);
            LockSupport.unpark(looking);
        }
    }

    private void push(AlarmTurn turn) {
        if (IS_WOKEN.compareAndSet(turn, 0, 1)) {
            AlarmTurn before;
            do {
                before = woken;
                turn.nextWoken = before;
            } while (!WOKEN.compareAndSet(this, before, turn));
        }
    }

    /** A thread that cannot be started is nobody's: who wakes a clock next tries again. */
    private synchronized Thread start() {
        if (looker == null) {
            // It inherits nothing of who happens to need it first.
            Thread started = new Thread(null, this::lookOn, name, 0, false);
            started.setDaemon(true);
            started.start();
            looker = started;
        }
        return looker;
    }

    private void lookOn() {
        Thread self = Thread.currentThread();
        boolean isLooker = true;
        while (isLooker) {
            try {
                isLooker = isLookerAfterNext(self);
            } catch (Throwable e) {
                failures.record(Failures.HOST, Callback.TIME, e);
            }
        }
    }

    /** Looks at one clock, or sleeps if none is due; false if others look from now on, or nobody. */
    private boolean isLookerAfterNext(Thread self) {
        long sleepNanos;
        AlarmTurn turn;
        synchronized (this) {
            if (looker != self) {
                return false;
            }
            long now = System.nanoTime();
            takeWoken(now);
            turn = queue.first();
            sleepNanos = turn == null ? IDLE_NANOS : turn.atNanos - now;
            if (turn != null && sleepNanos <= 0) {
                take(turn);
            } else if (turn == null && known == 0 && isIdleFor(now)) {
                return isLookerStill(self);
            }
        }
        if (sleepNanos <= 0) {
            return isLookerAfter(turn, self);
        }
        if (turn == null && isNeeded()) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, sleepNanos);
        }
        return true;
    }

    private void takeWoken(long now) {
        AlarmTurn next;
        for (AlarmTurn each = (AlarmTurn) WOKEN.getAndSet(this, null); each != null; each = next) {
            next = each.nextWoken;
            each.nextWoken = null;
            each.isWoken = 0;
            if (!each.isLost) {
                arrange(each, now);
            }
        }
    }

    /** When {@code turn} is due; not at all if its clock is closed, which takes it out. */
    private void arrange(AlarmTurn turn, long atNanos) {
        if (turn.clock.isClosed()) {
            queue.remove(turn);
            known -= turn.isKnown ? 1 : 0;
            turn.isKnown = false;
            return;
        }
        known += turn.isKnown ? 0 : 1;
        turn.isKnown = true;
        idleSinceNanos = 0;
        if (atNanos != AlarmLook.NEVER) {
            queue.put(turn, atNanos);
        }
    }

    private void take(AlarmTurn turn) {
        queue.remove(turn);
        inHand = turn;
        looks++;
        if (watcher == null) {
            startWatch();
        } else if (isWatchAsleep) {
            isWatchAsleep = false;
            LockSupport.unpark(watcher);
        }
    }

    private void startWatch() {
        String ofWatch = name + "-watch";
        try {
            Thread started = new Thread(null, this::watch, ofWatch, 0, false);
            started.setDaemon(true);
            started.start();
            watcher = started;
        } catch (Throwable e) {
            // Looking goes on without.
            failures.record(Failures.HOST, Callback.THREAD, e);
        }
    }

    private boolean isLookerAfter(AlarmTurn turn, Thread self) {
        long nextNanos = turn.clock.isClosed() ? AlarmLook.NEVER : turn.clock.look();
        synchronized (this) {
            if (looker == self) {
                inHand = null;
                arrange(turn, nextNanos == AlarmLook.NEVER ? nextNanos : System.nanoTime() + nextNanos);
                return true;
            }
            turn.isLost = false;
        }
        wake(turn);
        return false;
    }

    private synchronized boolean isNeeded() {
        return known > 0;
    }

    private boolean isIdleFor(long now) {
        if (idleSinceNanos == 0) {
            idleSinceNanos = now;
        }
        return now - idleSinceNanos >= IDLE_NANOS;
    }

    /** Whoever wakes a clock sees that nobody looks, or is seen here. */
    private boolean isLookerStill(Thread self) {
        looker = null;
        if (woken != null) {
            looker = self;
            idleSinceNanos = 0;
        } else if (watcher != null) {
            isWatchAsleep = false;
            LockSupport.unpark(watcher);
        }
        return looker == self;
    }

    private void watch() {
        long seen = -1;
        int times = 0;
        boolean isWatch = true;
        while (isWatch) {
            try {
                long now = looks();
                times = now == seen && now != NOBODY ? times + 1 : 0;
                seen = now;
                if (times == WATCHES) {
                    giveUp(now);
                    times = 0;
                }
                isWatch = isWatchAfterSleep();
            } catch (Throwable e) {
                failures.record(Failures.HOST, Callback.THREAD, e);
            }
        }
    }

    /** The number of the look that is being made; {@link #NOBODY} if none is. */
    private synchronized long looks() {
        return inHand == null ? NOBODY : looks;
    }

    private void giveUp(long look) {
        AlarmTurn lost;
        Thread inside;
        synchronized (this) {
            if (inHand == null || looks != look) {
                return;
            }
            lost = inHand;
            inside = looker;
            lost.isLost = true;
            inHand = null;
            looker = null;
        }
        inside.setName("hv-hung in the code of a VMM");
        start();
        lost.clock.overdue(new OverdueException(
                "the code that tells the time or kicks VPs has not come back for %d ms"
                        .formatted(WATCHES * WATCH_NANOS / 1_000_000),
                inside));
    }

    private boolean isWatchAfterSleep() {
        boolean isLong;
        synchronized (this) {
            if (looker == null && queue.first() == null && woken == null) {
                watcher = null;
                return false;
            }
            isLong = looker != null && inHand == null && queue.first() == null && known > 0;
            isWatchAsleep = isLong;
        }
        if (looker == null) {
            start();
        }
        if (isLong) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, WATCH_NANOS);
        }
        return true;
    }
}
