package hv.kvm;

import hv.api.host.GuestVp;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The thread of one VP: drain, enter the guest, answer the exit, again.
 *
 * <p><b>Kick.</b> Who wants the VP posts its work, then calls {@link #kick}, which sets {@code kicked}, then
 * immediate_exit and the signal. KVM_RUN then returns EINTR, now or when next called; only there the thread clears all
 * three, {@code kicked} last and by an atomic exchange, and drains. Hence work posted before a kick that found {@code
 * kicked} set is seen by that drain, and an exit that was not caused by a kick pays nothing for it.
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

    private static final VarHandle KICKED;
    private static final VarHandle PASSAGE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            KICKED = lookup.findVarHandle(VcpuThread.class, "kicked", boolean.class);
            PASSAGE = lookup.findVarHandle(VcpuThread.class, "passage", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Vcpu vcpu;
    private final RunPage run;
    private final GuestVp vp;
    private final Exits exits;
    private final Parking parking = new Parking();
    private final KickSignal signal;
    private final Observer observer;
    private final AutoEoi autoEoi;
    private final TlbFlush tlbFlush;
    private final FlushRound flushRound = new FlushRound();
    private final ThreadClock clock;

    @SuppressWarnings("unused") // through KICKED
    private volatile boolean kicked;

    /**
     * Odd while KVM_RUN may be running guest code, one more with each entry and each exit. Written by this thread only;
     * its order with {@link #flushWanted} makes a flush complete: entering is a volatile store, because the wish is
     * looked at right after it; leaving need be no more than a release.
     */
    private volatile long passage;

    private volatile boolean flushWanted;

    VcpuThread(Vcpu vcpu, GuestVp vp, IoBus bus, ApicState apic, Arena arena, Observer observer) {
        super(null, null, "hv-vp-" + vcpu.index(), 0, false);
        this.vcpu = vcpu;
        this.run = vcpu.runPage();
        this.vp = vp;
        this.exits = new Exits(vcpu, vp, bus, arena);
        this.signal = new KickSignal(arena);
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
        if (!(boolean) KICKED.getAndSet(this, true)) {
            signal.send(run);
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
        flushWanted = true;
        long seen = passage;
        if ((seen & 1) != 0) {
            kick();
        }
        return seen;
    }

    boolean hasLeftGuest(long seen) {
        return (seen & 1) == 0 || passage != seen;
    }

    /**
     * Gives an order; the VP follows at its next safe point, which it is kicked to. STOP is the last one. Any thread.
     */
    void order(Parking.Order wanted) {
        parking.order(wanted);
        kick();
    }

    /**
     * Waits until the VP is parked, or its thread has ended.
     *
     * @throws KvmException if it does not get there
     */
    void awaitParked() {
        if (!parking.awaitParked()) {
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
        KICKED.setVolatile(this, true);
        run.immediateExit(1);
        return token;
    }

    /** Ends the hold that {@code token} names. Any thread. */
    void release(long token) {
        parking.release(token);
    }

    /** Forgets a shutdown or failure: the registers are those of the start again. While the VP is parked. */
    void revive() {
        parking.revive();
        autoEoi.clear();
    }

    @Override
    public void run() {
        try {
            signal.arm(vcpu);
            clock.start();
            // A kick that came before could not be sent; the drain that follows serves it.
            acknowledge();
            work();
        } catch (Throwable e) {
            observer.failed(vcpu.index(), e);
        } finally {
            PASSAGE.setRelease(this, passage + (passage & 1));
            clock.stop();
            signal.disarm();
            parking.end();
        }
    }

    private void work() {
        while (true) {
            try {
                switch (parking.next()) {
                    case ENTER_GUEST -> runGuest();
                    case DRAIN -> {
                        acknowledge();
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
        if (!enter()) {
            acknowledge();
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
        if (flushWanted) {
            flushWanted = false;
            tlbFlush.run();
        }
        if (autoEoi.isRequested() && autoEoi.deliver()) {
            observer.retry(vcpu.index());
        }
    }

    private boolean enter() {
        long entered = (long) PASSAGE.get(this) + 1;
        PASSAGE.setVolatile(this, entered);
        if (flushWanted) {
            run.immediateExit(1); // Finish the exit and come back by EINTR, where it is done.
        }
        boolean exited = vcpu.enter();
        PASSAGE.setRelease(this, entered + 1);
        return exited;
    }

    private void acknowledge() {
        run.immediateExit(0);
        signal.drain();
        KICKED.getAndSet(this, false);
    }
}
