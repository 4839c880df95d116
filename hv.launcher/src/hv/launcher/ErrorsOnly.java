package hv.launcher;

import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerConsumer;

/** A logger that hears of errors only. */
abstract class ErrorsOnly implements Logger {
    /** Somebody tells of an error; {@code arguments} may end with what was thrown. */
    abstract void tell(String format, Object... arguments);

    @Override
    public boolean isErrorEnabled() {
        return true;
    }

    @Override
    public void error(String message) {
        tell(message);
    }

    @Override
    public void error(String format, Object argument) {
        tell(format, argument);
    }

    @Override
    public void error(String format, Object first, Object second) {
        tell(format, first, second);
    }

    @Override
    public void error(String format, Object... arguments) {
        tell(format, arguments);
    }

    @Override
    public <E extends Exception> void error(LoggerConsumer<E> consumer) throws E {
        consumer.accept(this);
    }

    @Override
    public void audit(String message) {}

    @Override
    public void audit(String format, Object argument) {}

    @Override
    public void audit(String format, Object first, Object second) {}

    @Override
    public void audit(String format, Object... arguments) {}

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public void trace(String message) {}

    @Override
    public void trace(String format, Object argument) {}

    @Override
    public void trace(String format, Object first, Object second) {}

    @Override
    public void trace(String format, Object... arguments) {}

    @Override
    public <E extends Exception> void trace(LoggerConsumer<E> consumer) {}

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public void debug(String message) {}

    @Override
    public void debug(String format, Object argument) {}

    @Override
    public void debug(String format, Object first, Object second) {}

    @Override
    public void debug(String format, Object... arguments) {}

    @Override
    public <E extends Exception> void debug(LoggerConsumer<E> consumer) {}

    @Override
    public boolean isInfoEnabled() {
        return false;
    }

    @Override
    public void info(String message) {}

    @Override
    public void info(String format, Object argument) {}

    @Override
    public void info(String format, Object first, Object second) {}

    @Override
    public void info(String format, Object... arguments) {}

    @Override
    public <E extends Exception> void info(LoggerConsumer<E> consumer) {}

    @Override
    public boolean isWarnEnabled() {
        return false;
    }

    @Override
    public void warn(String message) {}

    @Override
    public void warn(String format, Object argument) {}

    @Override
    public void warn(String format, Object first, Object second) {}

    @Override
    public void warn(String format, Object... arguments) {}

    @Override
    public <E extends Exception> void warn(LoggerConsumer<E> consumer) {}
}
