package hv.partition.failure;

import java.time.Duration;

/** How long code of bundles may take for one step. May be changed at any time, by any thread. */
public final class Limits {
    private volatile Duration waiting = Duration.ofSeconds(2);
    private volatile Duration building = Duration.ofSeconds(10);
    private volatile Duration successor = Duration.ofSeconds(5);

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

    /** How long a new partition has its VPs wait for a successor in a vacant place. */
    public Duration successor() {
        return successor;
    }

    /** Sets {@link #waiting()}. */
    public void waiting(Duration limit) {
        waiting = limit;
    }

    /** Sets {@link #building()}. */
    public void building(Duration limit) {
        building = limit;
    }

    /** Sets {@link #successor()}. */
    public void successor(Duration deadline) {
        successor = deadline;
    }

    /** Sets how long steps may take, whoever waits. */
    public void set(Duration forAll) {
        waiting = forAll;
        building = forAll;
    }
}
