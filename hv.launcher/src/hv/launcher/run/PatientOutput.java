package hv.launcher.run;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes to a stream and waits until that has taken it, but only as long as anybody wants to wait: a thread of its own
 * writes, so whoever waits for a reader that does not read can be let go. One thread writes; {@link #abandon} is for
 * any.
 */
final class PatientOutput extends OutputStream {
    private final OutputStream out;

    // Guarded by this object's monitor.
    private byte[] piece;
    private IOException failure;
    private boolean isAbandoned;
    private boolean isClosed;
    private Thread writer;

    PatientOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value});
    }

    /** Returns when it is written, or when nobody wants to wait any longer: then it is lost. */
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (isAbandoned || length == 0) {
            return;
        }
        if (writer == null) {
            writer = Thread.ofPlatform().daemon().name("hv-output").start(this::work);
        }
        piece = Arrays.copyOfRange(bytes, offset, offset + length);
        notifyAll();
        try {
            while (piece != null && !isAbandoned) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while nobody read");
        }
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
    }

    private void work() {
        try {
            for (byte[] next = take(); next != null; next = take()) {
                done(failure(next));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private IOException failure(byte[] next) {
        try {
            out.write(next);
            out.flush();
            return null;
        } catch (IOException e) {
            return e;
        } catch (Throwable e) {
            return new IOException(e);
        }
    }

    private synchronized byte[] take() throws InterruptedException {
        while (piece == null && !isClosed) {
            wait();
        }
        return piece;
    }

    private synchronized void done(IOException failed) {
        piece = null;
        failure = failed;
        notifyAll();
    }

    /** Nobody waits any longer, now and later: what is written from now on is lost. */
    synchronized void abandon() {
        isAbandoned = true;
        notifyAll();
    }

    /** Ends the thread; the stream stays open. */
    @Override
    public synchronized void close() {
        isClosed = true;
        notifyAll();
    }
}
