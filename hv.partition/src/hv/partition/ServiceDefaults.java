package hv.partition;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * What an administrator can set through OSGi's ConfigurationAdmin, under {@code hv.partition}. A value that is no
 * number or out of range is told in one line of the log, and what was there before stays.
 */
@ObjectClassDefinition(
        name = "hv partition service",
        description = "Deadlines and limits of partitions and of the enlightenments in them")
public @interface ServiceDefaults {
    /** How long VPs wait for a successor in a vacant place, in partitions that are made from now on. */
    @AttributeDefinition(
            name = "Deadline of a vacant place, in ms",
            description = "How long VPs and host-side callers wait for a successor in a vacant place: 0 to 600000."
                    + " Holds for partitions that are made from now on.")
    long successorDeadlineMillis() default 5_000;

    /** How long one step of an enlightenment may take while VPs are stopped. */
    @AttributeDefinition(
            name = "Limit of a step while VPs are stopped, in ms",
            description = "How long one step of an enlightenment may take while VPs are stopped or a lock is held,"
                    + " and VPs may take to come to a safe point: 100 to 60000.")
    long stoppedLimitMillis() default 2_000;

    /** How long one step of an enlightenment may take while a partition is made. */
    @AttributeDefinition(
            name = "Limit of a step while a partition is made, in ms",
            description = "How long one step of an enlightenment may take while nobody but its caller waits:"
                    + " 100 to 600000.")
    long buildLimitMillis() default 10_000;
}
