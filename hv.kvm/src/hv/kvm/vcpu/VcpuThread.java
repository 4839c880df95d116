package hv.kvm.vcpu;

import hv.api.host.GuestVp;
import hv.api.machine.IoBus;
import hv.kvm.abi.ThreadClock;
import hv.kvm.abi.Vcpu;
import hv.kvm.error.KvmException;
import hv.kvm.interrupt.ApicState;
import java.lang.foreign.Arena;

/**
 * The thread of one VP: drain, enter the guest, answer the exit, again.
 *
 * <p><b>Safe point.</b> After each EINTR no exit is open, so the VP's registers are its own; there the thread goes
 * through its {@link Parking}.
 */
public final class VcpuThread extends Thread implements FlushRound.Target {
    /** What the thread has to tell. Neither method waits or throws. */
    public interface Observer {
        /** The VP has shut down; {@code told} is run when whoever can act on it has heard of it. */
        void shutdown(int vp, Runnable told);

        void failed(int vp, Throwable cause);
    }

    /** As much as a VP needs that something makes wait. */
    public static final long PATIENCE_NANOS = 10_000_000_000L;
    /** As much as a VP needs from anywhere but the guest to its safe point when nothing makes it wait. */
    public static final long SHORT_PATIENCE_NANOS = 100_000_000L;

    private final Vcpu vcpu;
    private final GuestVp vp;
    private final Exits exits;
    private final Parking parking = new Parking();
    private final VcpuEntry entry;
    private final Kick kick;
    private final Passage passage;
    private final Waiting waiting;
    private final Observer observer;
    private final AutoEoi autoEoi;
    private final Retries.Retry autoEoiAgain;
    private final TlbFlush tlbFlush;
    private final FlushRound flushRound = new FlushRound(PATIENCE_NANOS, parking::isEnding);
    private final ThreadClock clock;

    public VcpuThread(
            Vcpu vcpu, GuestVp vp, IoBus bus, ApicState apic, Arena arena, Observer observer, Retries retries) {
        super(null, null, "hv-vp-" + vcpu.index(), 0, false);
        this.vcpu = vcpu;
        this.vp = vp;
        this.exits = new Exits(vcpu, vp, bus, arena);
        this.entry = new VcpuEntry(vcpu, arena);
        this.kick = new Kick(entry, vcpu.handle().what(), retries);
        this.passage = new Passage(entry);
        this.waiting = new Waiting(this, vcpu.index(), parking, kick, passage);
        this.observer = observer;
        this.autoEoi = new AutoEoi(vcpu, apic, arena);
        this.autoEoiAgain = retries.of(this::kick);
        this.tlbFlush = new TlbFlush(vcpu, arena);
        this.clock = new ThreadClock(arena);
        setDaemon(true);
    }

    public Vcpu vcpu() {
        return vcpu;
    }

    /** Makes the VP leave the guest and drain. Any thread, at any time. */
    public void kick() {
        if (kick.send()) {
            parking.stir();
        }
    }

    /**
     * Processor time of this thread in units of 100 ns, 0 before it runs, and what it was when it has ended. Any
     * thread.
     */
    public long cpuTime100ns() {
        return Thread.currentThread() == this ? clock.ownTime100ns() : clock.time100ns();
    }

    /** For flushes that this VP asks for. */
    public FlushRound flushRound() {
        return flushRound;
    }

    /** Tells the partition that the guest has ended {@code vector}. On this thread. */
    public void endOfInterrupt(int vector) {
        vp.endOfInterrupt(vector);
    }

    /** Asks for an interrupt without EOI. Any thread. */
    public void interruptAutoEoi(int vector) {
        autoEoi.request(vector);
        kick();
    }

    /** {@inheritDoc} Any thread. */
    @Override
    public int wantFlush() {
        passage.wantFlush();
        int seen = passage.now();
        if (!passage.hasLeft(seen)) {
            kick();
        }
        return seen;
    }

    @Override
    public boolean hasLeftGuest(int seen) {
        return passage.hasLeft(seen);
    }

    @Override
    public boolean isOutOfReach() {
        return kick.isUnsent();
    }

    /**
     * Gives an order; the VP follows at its next safe point, which it is kicked to. STOP is the last one. Any thread.
     */
    public void order(Parking.Order wanted) {
        parking.order(wanted);
        kick.insist();
        parking.stir();
    }

    /** {@link Waiting#untilOut}. Any thread but this. */
    public void awaitOut(long deadlineNanos) {
        waiting.untilOut(deadlineNanos);
    }

    /** {@link Waiting#untilParked}. Any thread but this. */
    public void awaitParked() {
        waiting.untilParked(PATIENCE_NANOS);
    }

    /** {@link Waiting#untilEnded}. Any thread but this. */
    public void awaitEnd(long patienceNanos) {
        waiting.untilEnded(patienceNanos);
    }

    /** {@link Parking#hold}, on this thread, while it answers an exit: the VP does not enter the guest after it. */
    public long hold() {
        long token = parking.hold();
        kick.hold();
        return token;
    }

    /** Ends the hold that {@code token} names. Any thread. */
    public void release(long token) {
        parking.release(token);
    }

    /** {@link Parking#stall}, on this thread, while it answers an exit: the VP does not enter the guest after it. */
    public long stall() {
        long token = parking.stall();
        kick.hold();
        return token;
    }

    /** Ends the stall that {@code token} names. Any thread. */
    public void goOn(long token) {
        parking.goOn(token);
    }

    /** Whether the VP waits for its power event to be handled. Any thread. */
    public boolean isHeld() {
        return parking.isHeld();
    }

    /** The VP cannot go on: it does not enter the guest nor its partition until it is revived. While it is parked. */
    public void giveUp() {
        parking.fail();
    }

    /**
     * Waits until the VP's power event has been handled, if it has one.
     *
     * @throws KvmException if that takes long
     */
    public void awaitReleased() {
        if (!parking.awaitReleased(PATIENCE_NANOS)) {
            throw new KvmException("what VP %d asked for is still not done".formatted(vcpu.index()));
        }
    }

    /** Forgets a shutdown or failure: the registers are those of the start again. While the VP is parked. */
    public void revive() {
        goOnAs(new long[AutoEoi.WORDS], false);
    }

    /**
     * As {@link #revive} with registers that are those of another moment, when interrupts without EOI were requested or
     * the VP had shut down. While the VP is parked.
     */
    public void goOnAs(long[] autoEois, boolean shutDown) {
        parking.revive(shutDown);
        autoEoi.requested(autoEois);
        passage.wantFlush();
    }

    /** Requested interrupts without EOI, as {@link AutoEoi#requested()}. While the VP is parked. */
    public long[] autoEoi() {
        return autoEoi.requested();
    }

    /** Whether the VP has shut down. While it is parked. */
    public boolean isShutDown() {
        return parking.isShutDown();
    }

    /** Whether the VP cannot go on. While it is parked. */
    public boolean hasFailed() {
        return parking.hasFailed();
    }

    @Override
    public void run() {
        try {
            live();
        } catch (Throwable e) {
            observer.failed(vcpu.index(), e);
        } finally {
            parking.end();
        }
    }

    private void live() {
        entry.arm();
        try {
            clock.start();
            kick.acknowledge();
            work();
        } finally {
            entry.disarm();
            clock.stop();
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
                long hold = parking.hold();
                observer.shutdown(vcpu.index(), () -> parking.release(hold));
                yield false;
            }
        };
    }

    /** What may be done only while no exit is open, that is, after an EINTR. */
    private void prepare() {
        if (passage.takeFlush()) {
            tlbFlush.run();
        }
        if (autoEoi.isRequested()) {
            deliverAutoEoi();
        }
    }

    private void deliverAutoEoi() {
        switch (autoEoi.deliver()) {
            case NOTHING_LEFT -> autoEoiAgain.done();
            case NEXT_LATER -> {
                autoEoiAgain.done();
                autoEoiAgain.later();
            }
            case NOT_YET -> autoEoiAgain.later();
        }
    }
}
