package hv.stimer;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;

/**
 * One timer: its two registers, and what KVM remembers beside them. Times are unsigned, in units of 100 ns of reference
 * time. What a timer does about them is in {@link TimerVp}. On the VP's thread.
 */
final class Timer {
    static final long ENABLE = 1;
    static final long PERIODIC = 1 << 1;
    static final long AUTO_ENABLE = 1 << 3;
    static final long DIRECT_MODE = 1 << 12;

    /** No time at all: {@link hv.api.enlightenment.Alarm} never goes off then. */
    static final long NEVER = Long.MAX_VALUE;

    private static final int APIC_VECTOR_SHIFT = 4;
    private static final int SINT_SHIFT = 16;

    final int index;
    long config;
    long count;

    /** When it expires or has expired; 0 if it was not started since its registers were written. */
    long expirationTime;

    /** Whether it has expired and its message was not delivered. */
    boolean isMessagePending;

    /** When somebody must look at it: {@link #expirationTime}, or {@link #NEVER}. */
    long due = NEVER;

    Timer(int index) {
        this.index = index;
    }

    boolean isEnabled() {
        return (config & ENABLE) != 0;
    }

    boolean isPeriodic() {
        return (config & PERIODIC) != 0;
    }

    boolean isDirect() {
        return (config & DIRECT_MODE) != 0;
    }

    int vector() {
        return (int) (config >>> APIC_VECTOR_SHIFT) & 0xFF;
    }

    int sint() {
        return sint(config);
    }

    /** Stops it and forgets an expiry that was not delivered. */
    void stop() {
        due = NEVER;
        isMessagePending = false;
        expirationTime = 0;
    }

    /** A guest's write to CONFIG. */
    void writeConfig(long value) {
        boolean wasEnabled = isEnabled();
        stop();
        boolean startsOnNoSint = (value & DIRECT_MODE) == 0 && sint(value) == 0;
        config = wasEnabled && startsOnNoSint ? value & ~ENABLE : value;
    }

    private static int sint(long config) {
        return (int) (config >>> SINT_SHIFT) & 0xF;
    }

    /** A guest's write to COUNT. */
    void writeCount(long value) {
        stop();
        count = value;
        if (value == 0) {
            config &= ~ENABLE;
        } else if ((config & AUTO_ENABLE) != 0) {
            config |= ENABLE;
        }
    }

    /** Works out when it expires. Call it only with Enable set and a COUNT. */
    void start(long now) {
        if (!isPeriodic()) {
            expirationTime = count;
        } else if (expirationTime == 0) {
            expirationTime = now + count;
        } else if (Long.compareUnsigned(now, expirationTime) >= 0) {
            expirationTime = now + count - Long.remainderUnsigned(now - expirationTime, count);
        }
        due = alarmTime();
    }

    /**
     * {@link #expirationTime}, or never if that is more than 2^63 away: KVM takes such a wait for the longest there is.
     */
    private long alarmTime() {
        return expirationTime < 0 || isPeriodic() && count < 0 ? NEVER : expirationTime;
    }

    void reset() {
        stop();
        config = 0;
        count = 0;
    }

    void save(StateWriter out) {
        out.put(name("CONFIG"), config);
        out.put(name("COUNT"), count);
        out.put(name("ExpirationTime"), expirationTime);
        // One that is to be tried again by itself is due again after a restore.
        out.put(name("MessagePending"), isMessagePending && due == NEVER ? 1 : 0);
    }

    /**
     * Takes what {@link #save} wrote, into a timer that is thrown away if this fails.
     *
     * @param mayBeSet whether the guest can have used it at all
     */
    void restore(StateReader in, boolean mayBeSet, boolean takesDirectMode) throws StateException {
        config = in.get(name("CONFIG"));
        count = in.get(name("COUNT"));
        expirationTime = in.get(name("ExpirationTime"));
        long pending = in.get(name("MessagePending"));
        isMessagePending = pending == 1;
        boolean isStarted = expirationTime != 0;
        boolean canRun = isEnabled() && count != 0;
        check(pending == 0 || pending == 1, "message pending is neither 0 nor 1");
        check(
                mayBeSet || (config | count | expirationTime | pending) == 0,
                "it was used, and this guest has no timers");
        check(takesDirectMode || !isDirect(), "it is in direct mode, which this guest was not promised");
        check(canRun || !isStarted, "it runs, and is not enabled or has no count");
        check(isStarted || !isMessagePending, "a message is pending, and it has not expired");
        check(!isStarted || isPeriodic() || expirationTime == count, "its expiration time is not its count");
        due = !canRun || isMessagePending ? NEVER : isStarted ? alarmTime() : 0;
    }

    private void check(boolean isGood, String otherwise) throws StateException {
        if (!isGood) {
            throw new StateException("HV_X64_MSR_STIMER" + index + ": " + otherwise);
        }
    }

    private String name(String register) {
        return "HV_X64_MSR_STIMER" + index + "_" + register;
    }
}
