package hv.api.host;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a {@link Host} implements besides, if guest time may stand still until somebody moves it: hosts of tests and of
 * replayed recordings. The VMM of a real guest does not. Any thread.
 */
@ConsumerType
public interface ManualClock {
    /**
     * Whether guest time moves only when somebody moves it; always the same. Then alarms are looked at in
     * {@link GuestVp#drain} instead of by a thread that waits.
     */
    boolean isClockManual();

    /** Whether a host's guest time moves only when somebody moves it. */
    static boolean of(Host host) {
        return host instanceof ManualClock clock && clock.isClockManual();
    }
}
