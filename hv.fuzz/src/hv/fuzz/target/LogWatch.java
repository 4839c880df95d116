package hv.fuzz.target;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Listens to the product's log in place of the console. An exception in it has left an enlightenment: the guest saw a
 * fault like any other, so who looks at the guest's side alone misses it. Any thread.
 */
public final class LogWatch extends Handler implements AutoCloseable {
    private final Logger log = Logger.getLogger("hv");
    private final boolean wasShown = log.getUseParentHandlers();
    private final Level level = log.getLevel();
    private LogRecord worst;
    private Throwable thrown;
    private long entries;

    /** Listens until it is closed. */
    public LogWatch() {
        log.setUseParentHandlers(false);
        log.setLevel(Level.FINE); // the stack of a failure comes behind the line that tells it
        log.addHandler(this);
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        entries++;
        if (worst == null && entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
            worst = entry;
        }
        if (thrown == null) {
            thrown = entry.getThrown();
        }
    }

    /** How many entries there were. */
    public synchronized long entries() {
        return entries;
    }

    /**
     * Looks whether there was an error since this was last asked.
     *
     * @throws Finding if there was
     */
    public synchronized void check() {
        LogRecord found = worst;
        Throwable why = thrown;
        worst = null;
        thrown = null;
        if (found != null || why != null) {
            throw new Finding("logged: " + (found == null ? why.toString() : found.getMessage()), why);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        log.removeHandler(this);
        log.setLevel(level);
        log.setUseParentHandlers(wasShown);
    }
}
