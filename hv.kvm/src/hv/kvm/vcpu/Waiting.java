package hv.kvm.vcpu;

import hv.kvm.error.KvmException;

/**
 * How others wait for a VP that was given an order: for a limited time, and then they are told where it is. A VP that
 * cannot be kicked and is in the guest is waited for less long. Any thread but the VP's.
 */
final class Waiting {
    /** As much as a VP needs in the guest that cannot be kicked out of it. */
    private static final long UNSENT_PATIENCE_NANOS = 1_000_000_000L;

    private final Thread thread;
    private final int vp;
    private final Parking parking;
    private final Kick kick;
    private final Passage passage;

    Waiting(Thread thread, int vp, Parking parking, Kick kick, Passage passage) {
        this.thread = thread;
        this.vp = vp;
        this.parking = parking;
        this.kick = kick;
        this.passage = passage;
    }

    /**
     * Waits until the VP is parked, or at least cannot run guest code before it has followed the order that it was
     * given: one that is inside its partition, which may make it wait, counts as out.
     *
     * @param deadlineNanos until when a VP that is outside already is given time to park
     * @throws KvmException if it does not get there
     */
    void untilOut(long deadlineNanos) {
        long start = System.nanoTime();
        boolean parked = parking.awaitParked(Math.max(0, deadlineNanos - start));
        // An entry is noted before immediate_exit is looked at: who is not inside now will find it set.
        while (!parked && passage.isInGuest()) {
            parked = parking.awaitParked(VcpuThread.SHORT_PATIENCE_NANOS);
            if (!parked && hasWaitedEnough(start, VcpuThread.PATIENCE_NANOS)) {
                throw stuck();
            }
        }
    }

    private boolean hasWaitedEnough(long startNanos, long patienceNanos) {
        boolean isOutOfReach = kick.isUnsent() && passage.isInGuest();
        return System.nanoTime() - startNanos > (isOutOfReach ? UNSENT_PATIENCE_NANOS : patienceNanos);
    }

    /**
     * Waits until the VP is parked, or its thread has ended.
     *
     * @throws KvmException if it does not get there
     */
    void untilParked(long patienceNanos) {
        long start = System.nanoTime();
        while (!parking.awaitParked(VcpuThread.SHORT_PATIENCE_NANOS)) {
            if (hasWaitedEnough(start, patienceNanos)) {
                throw stuck();
            }
        }
    }

    /**
     * Waits until the thread has ended, if it was started.
     *
     * @throws KvmException if it does not
     */
    void untilEnded(long patienceNanos) {
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        untilParked(patienceNanos);
        boolean interrupted = false;
        long deadline = System.nanoTime() + patienceNanos;
        while (thread.isAlive()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                throw stuck();
            }
            try {
                thread.join(millis);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private KvmException stuck() {
        if (kick.isUnsent() && passage.isInGuest()) {
            return new KvmException(
                    "VP %d stays in the guest, because the signal that gets it out cannot be sent: raise the limit on pending signals (ulimit -i)"
                            .formatted(vp));
        }
        StackTraceElement[] stack = thread.getStackTrace();
        return new KvmException("VP %d does not come to a safe point; it is at %s"
                .formatted(vp, stack.length == 0 ? "its end" : stack[0]));
    }
}
