package hv.launcher.run;

import java.io.IOException;
import java.io.InputStream;

/**
 * What is typed, or comes by a pipe, on its way to the guest's serial port, while a run goes on.
 *
 * <p>From a terminal every key goes to the guest, Ctrl-C among them, but Ctrl-], which ends the run. When the guest
 * does not read, keys are dropped, because that one must be seen. From anything else bytes go as they are, and wait for
 * the guest; their end means nothing. A thread of its own reads; it is left behind in its read when the run ends.
 */
final class GuestInput implements AutoCloseable {
    /** Where the bytes go. */
    interface Port {
        /** Puts a byte there; waits until there is room. False if there never will be. */
        boolean send(byte value) throws InterruptedException;

        /** Puts a byte there if there is room. */
        boolean offer(byte value);
    }

    /** Ctrl-]. */
    private static final byte LEAVE = 0x1D;

    private static final int CHUNK_BYTES = 256;

    private final StandardInput kind;
    private final InputStream in;
    private final RawTerminal terminal;
    private final Port port;
    private final Runnable leave;
    private volatile boolean hasLeft;

    /** @param leave ends the run; called on the thread that reads */
    GuestInput(StandardInput kind, InputStream in, RawTerminal terminal, Port port, Runnable leave) {
        this.kind = kind;
        this.in = in;
        this.terminal = terminal;
        this.port = port;
        this.leave = leave;
    }

    /** Takes the terminal, if it is one, and starts to read, if there is anything. Once. */
    GuestInput start() {
        if (kind != StandardInput.NONE) {
            boolean isTerminal = kind == StandardInput.TERMINAL && terminal.enter();
            if (isTerminal) {
                System.err.println("hv: Ctrl-] leaves");
            }
            Thread.ofPlatform().daemon().name("hv-guest-input").start(() -> work(isTerminal));
        }
        return this;
    }

    private void work(boolean isTerminal) {
        try {
            byte[] chunk = new byte[CHUNK_BYTES];
            int count = in.read(chunk);
            while (count >= 0 && (isTerminal ? type(chunk, count) : pass(chunk, count))) {
                count = in.read(chunk);
            }
        } catch (Throwable e) {
            // What cannot be read is as its end; also when the thread is interrupted, which it ends with.
            if (!(e instanceof IOException || e instanceof InterruptedException)) {
                Failure.tell(e);
                // Nobody takes keys any more, Ctrl-] among them.
                terminal.close();
            }
        }
    }

    private boolean pass(byte[] bytes, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            if (!port.send(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean type(byte[] keys, int count) {
        for (int i = 0; i < count; i++) {
            if (keys[i] == LEAVE) {
                hasLeft = true;
                leave.run();
                return false;
            }
            port.offer(keys[i]);
        }
        return true;
    }

    /** Gives the terminal back. Idempotent. */
    @Override
    public void close() {
        terminal.close();
        if (hasLeft) {
            System.err.println("\nhv: stopped by Ctrl-]");
            hasLeft = false;
        }
    }
}
