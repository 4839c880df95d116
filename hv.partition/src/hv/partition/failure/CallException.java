package hv.partition.failure;

import hv.api.StateException;

/**
 * A call of a bundle's code that did not end well, which has been counted and logged; its message is one line for
 * people.
 */
public final class CallException extends Exception {
    private static final long serialVersionUID = 1;

    CallException(String line, Throwable cause) {
        super(line, cause);
    }

    /** What {@code callee} has thrown; with null it was code of ours before any was called. */
    static CallException of(Callee callee, Callback callback, Throwable cause) {
        String who = callee == null ? "the partition" : callee.origin();
        String what = callback == null ? "calling bundles" : callback.toString();
        return new CallException("%s failed in %s: %s".formatted(who, what, reason(cause)), cause);
    }

    private static String reason(Throwable cause) {
        try {
            String message = cause.getMessage();
            return message == null || cause instanceof Error
                    ? Words.of(cause)
                    : message.lines().findFirst().orElse("no reason given");
        } catch (Throwable worse) {
            return "no reason can be given";
        }
    }

    /** Whether it is a state that was refused, which is no failure. */
    public boolean isRefusal() {
        return getCause() instanceof StateException;
    }

    /** This failure, as it is told to who offers or takes a state. */
    public StateException asStateException() {
        if (getCause() instanceof StateException refusal) {
            return refusal;
        }
        StateException failure = new StateException(getMessage());
        failure.initCause(this);
        return failure;
    }
}
