package hv.partition.failure;

import java.time.Duration;

/**
 * How long code of bundles may take for one step.
 *
 * @param waiting while VPs are stopped or somebody waits for a partition's lock; also how long VPs may take to come to a safe point
 * @param building while nobody but the caller waits: a partition that is being built, flags that are being checked
 */
public record Limits(Duration waiting, Duration building) {
    /** What a guest does not take for a hang, and what a busy machine still keeps. */
    public static final Limits USUAL = new Limits(Duration.ofSeconds(2), Duration.ofSeconds(10));
}
