package hv.replay;

import java.util.concurrent.TimeUnit;

/**
 * Where a VP of the stub guest waits for its next command: {@link #next} on the VP's thread, outside the guest,
 * {@link #run} on ours. Between two commands the VP is here, stopped.
 */
final class CommandPort {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final int idle;
    // Guarded by this.
    private int command;
    private boolean waiting;
    private boolean open = true;
    private String failure = "";

    /** {@code idle} is the command that a VP gets when there will be no more. */
    CommandPort(int idle) {
        this.idle = idle;
    }

    /** Waits for a command and takes it. */
    synchronized int next() {
        waiting = true;
        notifyAll();
        while (open && command == 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.interrupted(); // Nobody has a reason to interrupt a VP; it ends by close.
            }
        }
        waiting = false;
        int taken = open ? command : idle;
        command = 0;
        return taken;
    }

    /**
     * Has the VP do something and waits until it is back.
     *
     * @throws MachineException if it does not come back
     */
    synchronized void run(int routine) {
        awaitVp();
        command = routine;
        waiting = false;
        notifyAll();
        awaitVp();
    }

    private void awaitVp() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!waiting && failure.isEmpty()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                fail("a VP is still busy after 30 s");
                break;
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                fail("interrupted");
            }
        }
        if (!failure.isEmpty()) {
            throw new MachineException(failure);
        }
    }

    /** The VP will not come back. */
    synchronized void fail(String line) {
        failure = line;
        notifyAll();
    }

    /** Lets the VP go. */
    synchronized void close() {
        open = false;
        notifyAll();
    }
}
