package hv.soak;

import java.time.Duration;
import java.util.Objects;

/**
 * What a soak is to do. Immutable; any thread.
 *
 * @param backend what carries out the guest's instructions
 * @param vps virtual processors, 1 to {@link #MAX_VPS}
 * @param duration how long the guest works before it is told to stop, 100 ms to 24 h
 * @param messagesPerSecond how many messages the host tries to send, all VPs together, 1 to 1,000,000; as far as
 *     back-pressure lets it
 */
public record SoakSpec(Backend backend, int vps, Duration duration, int messagesPerSecond) {
    /** Most VPs: the guest keeps a bit for each in one word. */
    public static final int MAX_VPS = 32;

    /** What carries out the guest's instructions. */
    public enum Backend {
        /** The CPUs of /dev/kvm. */
        KVM,
        /** An interpreter, without a CPU. */
        HOSTED
    }

    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofHours(24);
    private static final int MOST_MESSAGES = 1_000_000;
    private static final int USUAL_MESSAGES = 10_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException with one line that says what to write instead
     */
    public SoakSpec {
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(duration, "duration");
        if (vps < 1 || vps > MAX_VPS) {
            throw new IllegalArgumentException(
                    "%d virtual processors: give a number from 1 to %d".formatted(vps, MAX_VPS));
        }
        if (duration.compareTo(LEAST) < 0 || duration.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("a soak of %s: give 100 ms to 24 h".formatted(duration));
        }
        if (messagesPerSecond < 1 || messagesPerSecond > MOST_MESSAGES) {
            throw new IllegalArgumentException(
                    "%d messages per second: give a number from 1 to %d".formatted(messagesPerSecond, MOST_MESSAGES));
        }
    }

    /** The usual one: 10,000 messages per second. */
    public static SoakSpec of(Backend backend, int vps, Duration duration) {
        return new SoakSpec(backend, vps, duration, USUAL_MESSAGES);
    }
}
