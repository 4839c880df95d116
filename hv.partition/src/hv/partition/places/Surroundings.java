package hv.partition.places;

import hv.api.enlightenment.Partition;
import hv.partition.failure.Failures;
import hv.partition.news.PartitionNews;
import hv.partition.plan.Gate;

/**
 * What a version of an enlightenment is attached to.
 *
 * @param partition as enlightenments see it
 * @param neighbours those whom its parts can look for
 * @param gate which privileges the guest has
 * @param failures where failures of its code are told
 * @param news where it is told who comes and goes
 */
public record Surroundings(
        Partition partition, Neighbours neighbours, Gate gate, Failures failures, PartitionNews news) {}
