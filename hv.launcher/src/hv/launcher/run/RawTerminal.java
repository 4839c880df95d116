package hv.launcher.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The terminal on standard input, while a guest has it: every key goes to the guest at once and unchanged, and nothing is
 * echoed or taken for a signal. A line end that is printed still returns the carriage, so that our own messages read well.
 *
 * <p>Set and put back by the system's {@code stty}; put back also when the process is ended by a signal that it hears of.
 * Any thread.
 */
final class RawTerminal implements AutoCloseable {
    /** Runs {@code stty}. */
    @FunctionalInterface
    interface Stty {
        /** What it printed; empty if it failed, as it does when standard input is no terminal. */
        Optional<String> run(String... arguments);
    }

    private final Stty stty;
    private String before = "";
    private Thread hook;
    private boolean isClosed;

    RawTerminal(Stty stty) {
        this.stty = stty;
    }

    /** The system's {@code stty}, on this process's standard input. */
    static Optional<String> system(String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return process.waitFor() == 0 ? Optional.of(printed.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Sets the terminal. Returns false, and nothing has changed, if that cannot be done or this is closed. */
    synchronized boolean enter() {
        Optional<String> settings = isClosed ? Optional.empty() : stty.run("-g");
        if (settings.isEmpty()) {
            return false;
        }
        before = settings.get();
        Thread restoring = new Thread(this::restore, "hv-terminal");
        try {
            Runtime.getRuntime().addShutdownHook(restoring);
            hook = restoring;
        } catch (IllegalStateException e) {
            // The process is ending.
            return false;
        }
        if (stty.run("raw", "-echo", "opost").isEmpty()) {
            close();
            return false;
        }
        return true;
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
