package hv.partition.failure;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An object of a bundle that is called with a limit: an enlightenment, or what it has attached. An object that a call
 * has not come back from is not called again until it has, and a version of a bundle in which {@value #MOST_HUNG}
 * threads hang is not called at all: a thread cannot be ended in Java, so there must not be more and more of them. Any
 * thread.
 */
public final class Callee {
    static final int MOST_HUNG = 4;

    private final String place;
    private final String origin;

    /** How many threads hang in the whole version. */
    private final AtomicInteger hung;

    /** Since when a thread hangs in this object, and in what; null if none does. */
    private volatile String since;

    private Callee(String place, String origin, AtomicInteger hung) {
        this.place = place;
        this.origin = origin;
        this.hung = hung;
    }

    /**
     * The first object of a version.
     *
     * @param place the enlightenment's id
     * @param origin bundle and version, for people
     */
    public Callee(String place, String origin) {
        this(place, origin, new AtomicInteger());
    }

    /** Another object of the same version. */
    public Callee another() {
        return new Callee(place, origin, hung);
    }

    String place() {
        return place;
    }

    String origin() {
        return origin;
    }

    /** Whether a thread hangs in this object. */
    public boolean isHung() {
        return since != null;
    }

    /** Why it is not called, or null if it is. */
    String refusal() {
        String hangs = since;
        if (hangs != null) {
            return origin + " is not called any more: it has not come back from " + hangs;
        }
        return hung.get() < MOST_HUNG
                ? null
                : "%s is not called any more: %d threads hang in it".formatted(origin, hung.get());
    }

    void hang(Callback callback) {
        hung.incrementAndGet();
        since = callback + " since " + Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    void comeBack() {
        since = null;
        hung.decrementAndGet();
    }
}
