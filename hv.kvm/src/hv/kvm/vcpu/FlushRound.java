package hv.kvm.vcpu;

import hv.api.VpSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Has a set of VPs flush their TLBs and waits until none of them uses an older translation: each is told, those in the
 * guest are kicked, and then each is waited for until it has left the guest once. A VP that waits here is itself out of
 * the guest, so two that flush each other do not wait for ever. One per VP, used on its thread; allocates nothing but
 * at the first round.
 */
public final class FlushRound {
    /** A VP that is told to flush. */
    public interface Target {
        /**
         * Has the VP flush its TLB before it runs guest code again, and makes it leave the guest if it is there.
         *
         * @return what to give to {@link #hasLeftGuest}: the flush is certain once that is true
         */
        int wantFlush();

        boolean hasLeftGuest(int seen);

        /** Whether it may stay in the guest, because the signal that gets it out cannot be sent. */
        boolean isOutOfReach();
    }

    private static final System.Logger LOG = System.getLogger(FlushRound.class.getName());
    private static final long POLL_NANOS = 10_000;

    /** For a VP that may not come at all. */
    private static final long LIMIT_OUT_OF_REACH_NANOS = 500_000_000;

    private final long limitNanos;
    private final BooleanSupplier isEnding;
    private int[] seen = {};

    /**
     * @param limitNanos how long a VP may take to leave the guest
     * @param isEnding whether the VP that asks will not run any more: then it does not wait
     */
    FlushRound(long limitNanos, BooleanSupplier isEnding) {
        this.limitNanos = limitNanos;
        this.isEnding = isEnding;
    }

    /** Returns false if a VP has not left the guest in time, or the asking VP is to end. */
    public boolean run(Target[] vps, VpSet targets) {
        if (seen.length < vps.length) {
            seen = new int[vps.length];
        }
        for (int vp = 0; vp < vps.length; vp++) {
            if (targets.contains(vp)) {
                seen[vp] = vps[vp].wantFlush();
            }
        }
        for (int vp = 0; vp < vps.length; vp++) {
            if (targets.contains(vp) && !vps[vp].hasLeftGuest(seen[vp]) && !await(vps[vp], vp)) {
                return false;
            }
        }
        return true;
    }

    private boolean await(Target target, int vp) {
        long start = System.nanoTime();
        while (!target.hasLeftGuest(seen[vp])) {
            if (isEnding.getAsBoolean()) {
                return false;
            }
            long waited = System.nanoTime() - start;
            if (waited > LIMIT_OUT_OF_REACH_NANOS && target.isOutOfReach()) {
                // Whoever could not send the signal has said so.
                return false;
            }
            if (waited > limitNanos) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "VP {0} has not left the guest in {1} ms; the TLB flush that waited for it fails",
                        vp,
                        limitNanos / 1_000_000);
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }
}
