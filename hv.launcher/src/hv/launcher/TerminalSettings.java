package hv.launcher;

import hv.launcher.run.Stty;

/**
 * How the terminal on standard input was set before the shell's library had it, which puts back less than it has
 * changed: not its speed. Any thread.
 */
final class TerminalSettings implements AutoCloseable {
    private final Stty stty;
    private String before;

    /** Remembers them; if there is no terminal, there is nothing to put back. */
    TerminalSettings(Stty stty) {
        this.stty = stty;
        this.before = stty.run("-g").orElse("");
    }

    /** Puts them back. Idempotent. */
    @Override
    public synchronized void close() {
        if (!before.isEmpty()) {
            stty.run(before);
            before = "";
        }
    }
}
