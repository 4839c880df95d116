package hv.api.enlightenment;

import hv.api.StateException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One enlightenment on one virtual processor. What it offers to others on the same VP, it implements: see {@link Peer}.
 *
 * <p>Created by {@link Attachment#addVp}; its handlers are called on that VP's thread only, the other methods as said
 * at {@link Attachment}. The default is an enlightenment without MSRs, calls and state.
 */
@ConsumerType
public interface VpAttachment {
    /** A part that has nothing: for enlightenments that are CPUID bits only. */
    VpAttachment NOTHING = new VpAttachment() {};

    /**
     * Who answers {@code msr} on this VP. Asked once per declared MSR when routes are published.
     *
     * @param msr one of the descriptor's
     */
    default MsrHandler msr(int msr) {
        throw new IllegalStateException("no handler for declared MSR 0x%08x".formatted(msr));
    }

    /**
     * Who carries out calls with {@code code} on this VP. Asked once per declared call when routes are published.
     *
     * @param code one of the descriptor's
     */
    default HypercallHandler hypercall(int code) {
        throw new IllegalStateException("no handler for declared call 0x%04x".formatted(code));
    }

    /** Writes this VP's state. */
    default void save(StateWriter out) {}

    /**
     * Takes this VP's state, as hostile as at {@link Attachment#restore}.
     *
     * @throws StateException if a value is missing, unknown or out of range
     */
    default void restore(StateReader in) throws StateException {}

    /** Brings this VP's state back to what {@link Attachment#addVp} made. */
    default void reset() {}

    /** The guest has ended the interrupt {@code vector}. Called only where the host sees EOIs. */
    default void endOfInterrupt(int vector) {}

    /**
     * Enlightenment {@code id} is in place again, after a time in which its {@link Peer} was not present, and is as it
     * was when it left. What this part would have asked of it or told it meanwhile is due now. Called while the VP is
     * at a safe point.
     */
    default void returned(String id) {}
}
