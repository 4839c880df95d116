package hv.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * One enlightenment in one partition: its partition-wide state and the factory of its per-VP parts.
 *
 * <p>Created by {@link Enlightenment#attach}, owned by the partition. {@link #addVp} is called while the partition is
 * built; save, restore, reset and close are called while every VP is stopped or at a safe point, one call at a time.
 */
@ConsumerType
public interface Attachment {
    /** Creates the part of a VP that is being added. */
    VpAttachment addVp(VirtualProcessor vp);

    /** Writes the partition-wide state: raw register values and what cannot be derived from them. */
    default void save(StateWriter out) {}

    /**
     * Takes the partition-wide state. The input is hostile: check it, and change nothing if it is bad.
     *
     * @throws StateException if a value is missing, unknown or out of range
     */
    default void restore(StateReader in) throws StateException {}

    /** Brings the partition-wide state back to what {@link Enlightenment#attach} made. */
    default void reset() {}

    /** Ends it: releases what it holds of the partition. Not called twice. */
    default void close() {}
}
