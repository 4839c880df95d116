/**
 * What a set of flags comes to, worked out before anything is built: flags against the options that are deployed,
 * requirements, CPUID leaves, privileges, named profiles. Start at {@link hv.partition.plan.Plan}. Knows nothing of
 * partitions that run. Not exported.
 */
package hv.partition.plan;
