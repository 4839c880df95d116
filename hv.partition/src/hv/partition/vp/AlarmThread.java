package hv.partition.vp;

import java.util.concurrent.locks.LockSupport;

/** A daemon thread, started when it is woken for the first time. */
final class AlarmThread implements Sleeper {
    private final String name;
    private final Runnable loop;
    private volatile Thread thread;

    AlarmThread(String name, Runnable loop) {
        this.name = name;
        this.loop = loop;
    }

    @Override
    public void sleep(long nanos) {
        if (nanos == UNTIL_WOKEN) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, nanos);
        }
    }

    @Override
    public void wake() {
        Thread waiting = thread;
        if (waiting == null) {
            waiting = start();
        }
        LockSupport.unpark(waiting);
    }

    /** A thread that cannot be started is nobody's: the next setter tries again. */
    private synchronized Thread start() {
        if (thread == null) {
            Thread started = new Thread(loop, name);
            started.setDaemon(true);
            started.start();
            thread = started;
        }
        return thread;
    }

    @Override
    public void stir() {
        Thread waiting = thread;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }
}
