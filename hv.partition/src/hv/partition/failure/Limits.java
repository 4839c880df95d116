package hv.partition.failure;

import java.time.Duration;

/** How long code of bundles may take for one step. May be changed at any time, by any thread. */
public final class Limits {
    private volatile Duration waiting = Duration.ofSeconds(2);
    private volatile Duration building = Duration.ofSeconds(10);

    /**
     * While VPs are stopped or somebody waits for a partition's lock; also how long VPs may take to come to a safe
     * point. Short of what a guest takes for a hang, and more than a busy machine needs.
     */
    public Duration waiting() {
        return waiting;
    }

    /** While nobody but the caller waits: a partition that is being built, flags that are being checked. */
    public Duration building() {
        return building;
    }

    /** Sets both. */
    public void set(Duration forAll) {
        waiting = forAll;
        building = forAll;
    }
}
