package hv.kvm;

import hv.api.host.GuestVp;
import java.lang.foreign.Arena;

/**
 * The thread of one VP: drain, enter the guest, answer the exit, again.
 *
 * <p><b>Safe point.</b> After each EINTR no exit is open, so the VP's registers are its own; there the thread goes
 * through its {@link Parking}.
 */
final class VcpuThread extends Thread {
    /** What the thread has to tell. */
    interface Observer {
        void shutdown(int vp);

        void failed(int vp, Throwable cause);

        /** The VP could not do something yet: kick it in a moment. */
        void retry(int vp);
    }

    private static final long PATIENCE_NANOS = 10_000_000_000L;
    /** As much as a VP needs from anywhere but the guest to its safe point when nothing makes it wait. */
    static final long SHORT_PATIENCE_NANOS = 100_000_000L;

    private final Vcpu vcpu;
    private final GuestVp vp;
    private final Exits exits;
    private final Parking parking = new Parking();
    private final Kick kick;
    private final Passage passage;
    private final Observer observer;
    private final AutoEoi autoEoi;
    private final TlbFlush tlbFlush;
    private final FlushRound flushRound = new FlushRound();
    private final ThreadClock clock;

    VcpuThread(Vcpu vcpu, GuestVp vp, IoBus bus, ApicState apic, Arena arena, Observer observer) {
        super(null, null, "hv-vp-" + vcpu.index(), 0, false);
        this.vcpu = vcpu;
        this.vp = vp;
        this.exits = new Exits(vcpu, vp, bus, arena);
        this.kick = new Kick(vcpu.runPage(), arena);
        this.passage = new Passage(vcpu);
        this.observer = observer;
        this.autoEoi = new AutoEoi(vcpu, apic, arena);
        this.tlbFlush = new TlbFlush(vcpu, arena);
        this.clock = new ThreadClock(arena);
        setDaemon(true);
    }

    Vcpu vcpu() {
        return vcpu;
    }

    /** Makes the VP leave the guest and drain. Any thread, at any time. */
    void kick() {
        if (kick.send()) {
            parking.stir();
        }
    }

    /**
     * Processor time of this thread in units of 100 ns, 0 before it runs, and what it was when it has ended. Any
     * thread.
     */
    long cpuTime100ns() {
        return Thread.currentThread() == this ? clock.ownTime100ns() : clock.time100ns();
    }

    /** For flushes that this VP asks for. */
    FlushRound flushRound() {
        return flushRound;
    }

    /** Tells the partition that the guest has ended {@code vector}. On this thread. */
    void endOfInterrupt(int vector) {
        vp.endOfInterrupt(vector);
    }

    /** Asks for an interrupt without EOI. Any thread. */
    void interruptAutoEoi(int vector) {
        autoEoi.request(vector);
        kick();
    }

    /**
     * Has the VP flush its TLB before it runs guest code again, and makes it leave the guest if it is there. Any
     * thread.
     *
     * @return what to give to {@link #hasLeftGuest}: the flush is certain once that is true
     */
    long wantFlush() {
        passage.wantFlush();
        long seen = passage.now();
        if (!passage.hasLeft(seen)) {
            kick();
        }
        return seen;
    }

    boolean hasLeftGuest(long seen) {
        return passage.hasLeft(seen);
    }

    /**
     * Gives an order; the VP follows at its next safe point, which it is kicked to. STOP is the last one. Any thread.
     */
    void order(Parking.Order wanted) {
        parking.order(wanted);
        kick.insist();
        parking.stir();
    }

    /**
     * Waits until the VP is parked, or at least cannot run guest code before it has followed the order that it was
     * given: one that is inside its partition, which may make it wait, counts as out.
     *
     * @param deadlineNanos until when a VP that is outside already is given time to park
     * @throws KvmException if it does not get there
     */
    void awaitOut(long deadlineNanos) {
        long start = System.nanoTime();
        boolean parked = parking.awaitParked(Math.max(0, deadlineNanos - start));
        // An entry is noted before immediate_exit is looked at: who is not inside now will find it set.
        while (!parked && passage.isInGuest()) {
            parked = parking.awaitParked(SHORT_PATIENCE_NANOS);
            if (!parked && System.nanoTime() - start > PATIENCE_NANOS) {
                throw stuck();
            }
        }
    }

    /**
     * Waits until the VP is parked, or its thread has ended.
     *
     * @throws KvmException if it does not get there
     */
    void awaitParked() {
        if (!parking.awaitParked(PATIENCE_NANOS)) {
            throw stuck();
        }
    }

    /**
     * Waits until the thread has ended.
     *
     * @throws KvmException if it does not
     */
    void awaitEnd() {
        awaitParked();
        boolean interrupted = false;
        while (isAlive()) {
            try {
                join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private KvmException stuck() {
        StackTraceElement[] stack = getStackTrace();
        return new KvmException("VP %d does not come to a safe point; it is at %s"
                .formatted(vcpu.index(), stack.length == 0 ? "its end" : stack[0]));
    }

    /** {@link Parking#hold}, on this thread, while it answers an exit: the VP does not enter the guest after it. */
    long hold() {
        long token = parking.hold();
        kick.hold();
        return token;
    }

    /** Ends the hold that {@code token} names. Any thread. */
    void release(long token) {
        parking.release(token);
    }

    /**
     * Waits until the VP's power event has been handled, if it has one.
     *
     * @throws KvmException if that takes long
     */
    void awaitReleased() {
        if (!parking.awaitReleased(PATIENCE_NANOS)) {
            throw new KvmException("what VP %d asked for is still not done".formatted(vcpu.index()));
        }
    }

    /** Forgets a shutdown or failure: the registers are those of the start again. While the VP is parked. */
    void revive() {
        goOnAs(new long[AutoEoi.WORDS], false);
    }

    /**
     * As {@link #revive} with registers that are those of another moment, when interrupts without EOI were requested or
     * the VP had shut down. While the VP is parked.
     */
    void goOnAs(long[] autoEois, boolean shutDown) {
        parking.revive(shutDown);
        autoEoi.requested(autoEois);
        passage.wantFlush();
    }

    /** Requested interrupts without EOI, as {@link AutoEoi#requested()}. While the VP is parked. */
    long[] autoEoi() {
        return autoEoi.requested();
    }

    /** Whether the VP has shut down. While it is parked. */
    boolean isShutDown() {
        return parking.isShutDown();
    }

    /** Whether the VP cannot go on. While it is parked. */
    boolean hasFailed() {
        return parking.hasFailed();
    }

    @Override
    public void run() {
        try {
            kick.arm(vcpu);
            clock.start();
            kick.acknowledge();
            work();
        } catch (Throwable e) {
            observer.failed(vcpu.index(), e);
        } finally {
            clock.stop();
            kick.disarm();
            parking.end();
        }
    }

    private void work() {
        while (true) {
            try {
                switch (parking.next()) {
                    case ENTER_GUEST -> runGuest();
                    case DRAIN -> {
                        kick.acknowledge();
                        vp.drain();
                    }
                    case END -> {
                        return;
                    }
                }
            } catch (Throwable e) {
                parking.fail();
                observer.failed(vcpu.index(), e);
            }
        }
    }

    /** Returns at a safe point: kicked, or at the end of its run. */
    private void runGuest() {
        prepare();
        while (once()) {
            continue;
        }
    }

    /**
     * One way into the guest and back. A method of its own, so that it is compiled as a whole. Returns false at a safe
     * point.
     */
    private boolean once() {
        vp.drain();
        if (!passage.enter()) {
            kick.acknowledge();
            return false;
        }
        return switch (exits.handle()) {
            case CONTINUE -> true;
            case HALTED -> {
                parking.awaitStir();
                yield true;
            }
            case SHUTDOWN -> {
                parking.shutDown();
                observer.shutdown(vcpu.index());
                yield false;
            }
        };
    }

    /** What may be done only while no exit is open, that is, after an EINTR. */
    private void prepare() {
        if (passage.takeFlush()) {
            tlbFlush.run();
        }
        if (autoEoi.isRequested() && autoEoi.deliver()) {
            observer.retry(vcpu.index());
        }
    }
}
