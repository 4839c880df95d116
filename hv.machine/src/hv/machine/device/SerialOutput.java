package hv.machine.device;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Where a serial port sends to: a stream whose reader may take its time, or none at all. A thread of its own writes, so
 * that whoever sends never waits for the reader: what is sent is put aside, and when too much is, the senders are kept
 * from sending more at a place where that holds nobody up ({@link #stallIfFull}). Nothing is lost as long as somebody
 * reads.
 *
 * <p>Lines are written when they end, and what has no line end, as a prompt, {@value #MILLIS} ms after it came. A
 * reader that has gone is no reason to stop the guest: from then on its output is dropped. Any thread; sending takes
 * one lock.
 */
public final class SerialOutput implements AutoCloseable {
    /** From here on senders are stalled. Each may have an instruction under way that sends a page more. */
    public static final int FULL_BYTES = 64 << 10;

    private static final System.Logger LOG = System.getLogger(SerialOutput.class.getName());
    private static final int PIECE_BYTES = 16 << 10;
    private static final long MILLIS = 20;
    /** How long a stream that takes nothing is waited for by those who cannot wait for ever. */
    private static final long PATIENCE_MILLIS = 200;

    private final OutputStream out;

    // All guarded by this object's monitor, but for the last one, which is written under it.
    private byte[] waiting = new byte[256];
    private int size;
    /** Where the last line that is complete ends. */
    private int lineEnd;
    /** How many bytes have been written; also those that were dropped. */
    private long written;
    /** A piece is being written. */
    private boolean isWriting;

    private boolean broken;
    private boolean closed;
    private boolean abandoned;
    private Thread writer;
    private final Map<Thread, Runnable> stalled = new HashMap<>();
    private volatile boolean isFull;

    public SerialOutput(OutputStream out) {
        this.out = out;
    }

    /** Sends a byte. */
    synchronized void send(int value) {
        if (broken || closed) {
            return;
        }
        if (size == waiting.length) {
            waiting = Arrays.copyOf(waiting, 2 * size);
        }
        waiting[size++] = (byte) value;
        isFull = size >= FULL_BYTES;
        if (value == '\n') {
            lineEnd = size;
        }
        if (value == '\n' || size == 1 || size == PIECE_BYTES) {
            wake();
        }
    }

    private void wake() {
        if (writer == null) {
            try {
                writer = Thread.ofPlatform().daemon().name("hv-serial-out").start(this::work);
            } catch (OutOfMemoryError e) {
                // The JVM's word for a thread that the host does not give.
                drop(e);
            }
        }
        notifyAll();
    }

    /**
     * While too much waits, has the calling thread's VP run no further than this exit.
     *
     * @param stall does that, and returns what ends it
     */
    void stallIfFull(Supplier<Runnable> stall) {
        if (isFull) {
            Runnable goOn = stall.get();
            synchronized (this) {
                if (isFull) {
                    stalled.put(Thread.currentThread(), goOn);
                    return;
                }
            }
            goOn.run();
        }
    }

    private void work() {
        try {
            byte[] piece = new byte[PIECE_BYTES];
            for (int length = take(piece); length > 0; length = take(piece)) {
                out.write(piece, 0, length);
                out.flush();
                done(length);
            }
        } catch (Throwable e) {
            if (e instanceof IOException) {
                LOG.log(System.Logger.Level.DEBUG, "nobody reads the serial output", e);
                drop(null);
            } else {
                drop(e);
            }
        }
    }

    /** The next piece, as far as whole lines go; waits for it. 0 when there will be none. */
    private synchronized int take(byte[] piece) throws InterruptedException {
        while (size == 0 && !closed) {
            wait();
        }
        if (lineEnd == 0 && size < piece.length && !closed) {
            TimeUnit.MILLISECONDS.timedWait(this, MILLIS);
        }
        int length = Math.min(size, piece.length);
        if (lineEnd > 0) {
            length = Math.min(length, lineEnd);
        }
        System.arraycopy(waiting, 0, piece, 0, length);
        size -= length;
        System.arraycopy(waiting, length, waiting, 0, size);
        lineEnd = Math.max(0, lineEnd - length);
        isWriting = length > 0;
        return length;
    }

    private void done(int length) {
        List<Runnable> goOn;
        synchronized (this) {
            isWriting = false;
            written += length;
            isFull = size >= FULL_BYTES;
            goOn = isFull ? List.of() : takeStalled();
            notifyAll();
        }
        goOn.forEach(Runnable::run);
    }

    private List<Runnable> takeStalled() {
        List<Runnable> all = List.copyOf(stalled.values());
        stalled.clear();
        return all;
    }

    /** Nothing is written any more, for a reason that is worth a word, or null. */
    private void drop(Throwable reason) {
        if (reason != null) {
            LOG.log(System.Logger.Level.WARNING, "the serial output cannot be written any more", reason);
        }
        List<Runnable> goOn;
        synchronized (this) {
            broken = true;
            isWriting = false;
            size = 0;
            lineEnd = 0;
            isFull = false;
            goOn = takeStalled();
            notifyAll();
        }
        goOn.forEach(Runnable::run);
    }

    /** Waits until all is written, as long as the stream takes something now and then. */
    public void settle() {
        await(false);
    }

    /** Waits until all is written, also for a reader who takes his time, or until it is abandoned. */
    public void finish() {
        await(true);
    }

    private synchronized void await(boolean isPatient) {
        boolean interrupted = false;
        long seen = -1;
        while ((size > 0 || isWriting) && !broken && (written != seen || isPatient && !abandoned)) {
            seen = written;
            try {
                wait(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
                abandoned = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody waits any more for a stream that takes nothing. */
    public synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    /** Writes what waits, as {@link #settle}, and ends the thread. The stream stays open. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        settle();
    }
}
