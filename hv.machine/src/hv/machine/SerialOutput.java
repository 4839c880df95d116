package hv.machine;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a serial port sends to: a stream that may be buffered. It is flushed at each line end, and what has no line end,
 * as a prompt, {@value #MILLIS} ms after it came, by a thread of its own. A reader that has gone is no reason to stop the
 * guest: from then on its output is dropped. Any thread; sending takes one lock and allocates nothing.
 */
final class SerialOutput {
    private static final long MILLIS = 20;

    private final OutputStream out;
    private Thread flusher;
    private volatile boolean holdsBack;
    private volatile boolean broken;
    private volatile boolean closed;

    SerialOutput(OutputStream out) {
        this.out = out;
    }

    synchronized void send(int value) {
        if (broken) {
            return;
        }
        try {
            out.write(value);
            if (value == '\n') {
                flush();
            } else if (!holdsBack) {
                holdsBack = true;
                wake();
            }
        } catch (IOException e) {
            broken = true;
        }
    }

    private void wake() {
        if (flusher == null && !closed) {
            flusher = Thread.ofPlatform().daemon().name("hv-serial-flush").start(this::work);
        }
        LockSupport.unpark(flusher);
    }

    private synchronized void flush() {
        holdsBack = false;
        try {
            out.flush();
        } catch (IOException e) {
            broken = true;
        }
    }

    private synchronized void flushHeldBack() {
        if (holdsBack) {
            flush();
        }
    }

    private void work() {
        while (!closed) {
            if (holdsBack) {
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(MILLIS));
                flushHeldBack();
            } else {
                LockSupport.park(this);
            }
        }
    }

    /** Sends on what is held back, and ends the thread. The stream stays open. */
    synchronized void close() {
        closed = true;
        LockSupport.unpark(flusher);
        flush();
    }
}
