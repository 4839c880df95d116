package hv.launcher.run;

import java.util.Optional;

/**
 * The terminal on standard input, while a guest has it: every key goes to the guest at once and unchanged, and nothing
 * is echoed or taken for a signal. A line end that is printed still returns the carriage, so that our own messages read
 * well.
 *
 * <p>Set and put back by the system's {@code stty}; put back also when the process is ended by a signal that it hears
 * of, and for as long as SIGTSTP stops it. Any thread.
 */
final class RawTerminal implements AutoCloseable {
    private static final String[] RAW = {"raw", "-echo", "opost"};

    private final Stty stty;
    private String before = "";
    private Thread hook;
    private StopSignal stops;
    private boolean isClosed;

    RawTerminal(Stty stty) {
        this.stty = stty;
    }

    /** Sets the terminal. Returns false, and nothing has changed, if that cannot be done or this is closed. */
    synchronized boolean enter() {
        Optional<String> settings = isClosed ? Optional.empty() : stty.run("-g");
        if (settings.isEmpty()) {
            return false;
        }
        before = settings.get();
        Thread restoring = new Thread(this::restoreAtEnd, "hv-terminal");
        try {
            Runtime.getRuntime().addShutdownHook(restoring);
            hook = restoring;
        } catch (IllegalStateException e) {
            // The process is ending.
            return false;
        }
        if (stty.run(RAW).isEmpty()) {
            close();
            return false;
        }
        stops = StopSignal.around(this::lend, this::takeAgain);
        return true;
    }

    /** The process is about to stop: the terminal is as before, for whoever has it next. */
    synchronized void lend() {
        if (!before.isEmpty()) {
            stty.run(before);
        }
    }

    /** The process goes on. */
    synchronized void takeAgain() {
        if (!before.isEmpty()) {
            before = stty.run("-g").orElse(before);
            stty.run(RAW);
        }
    }

    private void restoreAtEnd() {
        try {
            restore();
        } catch (Throwable e) {
            Failure.tell(e);
        }
    }

    private synchronized void restore() {
        if (!before.isEmpty()) {
            stty.run(before);
            before = "";
        }
    }

    /** Puts the terminal back. Idempotent. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (stops != null) {
            stops.close();
            stops = null;
        }
        restore();
        if (hook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // It runs, and finds nothing to do.
            }
            hook = null;
        }
    }
}
