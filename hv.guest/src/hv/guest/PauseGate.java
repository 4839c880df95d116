package hv.guest;

/**
 * Where the interpreter stops when somebody wants the guest to stand still. The interpreter passes it between two
 * rounds, which costs one volatile read; others close it, from any thread but the interpreter's.
 */
final class PauseGate {
    private volatile boolean isClosed;
    private boolean isInside;
    private boolean isGivenUp;

    /** The interpreter, before it touches the guest: waits while the gate is closed, unless the guest is given up. */
    synchronized void enter() {
        leave();
        boolean isInterrupted = false;
        while (isClosed && !isGivenUp) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Whoever interrupts wants the guest to end, and says that by stopping it.
                isInterrupted = true;
            }
        }
        isInside = !isClosed;
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The interpreter, between two rounds. */
    void pass() {
        if (isClosed) {
            enter();
        }
    }

    /** The interpreter, when it will not touch the guest any more. */
    synchronized void leave() {
        isInside = false;
        notifyAll();
    }

    /** Closes it and waits until the interpreter stands before it. */
    synchronized void close() {
        isClosed = true;
        boolean isInterrupted = false;
        while (isInside) {
            try {
                wait();
            } catch (InterruptedException e) {
                // The wait is short: a round.
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void open() {
        isClosed = false;
        notifyAll();
    }

    /** Nobody waits for an opening any more: the guest has been stopped for good. */
    synchronized void giveUp() {
        isGivenUp = true;
        notifyAll();
    }

    boolean isClosed() {
        return isClosed;
    }
}
