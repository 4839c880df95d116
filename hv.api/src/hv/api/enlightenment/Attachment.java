package hv.api.enlightenment;

import hv.api.StateException;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One enlightenment in one partition: its partition-wide state and the factory of its per-VP parts.
 *
 * <p>Created by {@link Enlightenment#attach}, owned by the partition. All methods are called while the partition is
 * built, or while every VP is stopped or at a safe point, one call at a time. When another version of the enlightenment
 * takes over under a running guest, the other is given its VPs while the guest runs ({@link #addVp}); at the safe point
 * this one's {@link #save} and {@link #handOver} feed the other's {@link #restore} and {@link #takeOver}; then the
 * guest goes on, and this one is closed.
 */
@ConsumerType
public interface Attachment {
    /** One without anything: for enlightenments that are CPUID bits only. */
    Attachment NOTHING = vp -> VpAttachment.NOTHING;

    /** Creates the part of a VP that is being added, or may be running already when this one is to take over. */
    VpAttachment addVp(VirtualProcessor vp);

    /** Writes the partition-wide state: raw register values and what cannot be derived from them. */
    default void save(StateWriter out) {}

    /**
     * Takes the partition-wide state. The input is hostile: check it, and change nothing if it is bad.
     *
     * @throws StateException if a value is missing, unknown or out of range
     */
    default void restore(StateReader in) throws StateException {}

    /**
     * What a saved state cannot hold: objects that host-side code has given to this attachment and that its successor
     * in the same JVM goes on with, such as receivers of messages. Called right after {@link #save}, when another
     * version of the enlightenment is about to take over or this one leaves. Keys are the enlightenment's own; values
     * are of types of the JDK and of this API alone, so that nothing holds on to the bundle that leaves.
     */
    default Map<String, Object> handOver() {
        return Map.of();
    }

    /**
     * Goes on with what {@link #handOver} of a predecessor gave, perhaps of another version: what is not known is left
     * alone. Called right after {@link #restore}, with all VPs' parts restored too.
     */
    default void takeOver(Map<String, Object> handedOver) {}

    /** Brings the partition-wide state back to what {@link Enlightenment#attach} made. */
    default void reset() {}

    /**
     * Ends it: releases what it holds of the partition. Not called twice. It reaches its VPs no more: their doorbells
     * and alarms are taken back before, and a successor may be at work already, while VPs run.
     */
    default void close() {}
}
