package hv.kvm;

import hv.api.host.GuestVp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * The thread of one VP: drain, enter the guest, answer the exit, again.
 *
 * <p><b>Kick.</b> Who wants the VP posts its work, then calls {@link #kick}, which sets {@code kicked}, then immediate_exit and the
 * signal. KVM_RUN then returns EINTR, now or when next called; only there the thread clears all three, {@code kicked} last and by
 * an atomic exchange, and drains. Hence work posted before a kick that found {@code kicked} set is seen by that drain, and
 * an exit that was not caused by a kick pays nothing for it.
 *
 * <p><b>Safe point.</b> After each EINTR the thread passes {@link #pass}, where it parks while the VM is paused, while its own power
 * event is being handled, or after a shutdown. A parked VP still drains when it is kicked, so that what others ask of it is
 * done; only in order {@code QUIESCE} (reset) it stays out of the partition altogether.
 */
final class VcpuThread extends Thread {
    /** What the VM wants of its VPs. */
    enum Order {
        RUN,
        PAUSE,
        QUIESCE,
        STOP
    }

    /** What the thread has to tell. */
    interface Observer {
        void shutdown(int vp);

        void failed(int vp, Throwable cause);

        /** The VP could not do something yet: kick it in a moment. */
        void retry(int vp);
    }

    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final long NO_HOLD = 0;
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
    private final KickSignal signal;
    private final Observer observer;
    private final AutoEoi autoEoi;
    private final TlbFlush tlbFlush;
    private final FlushRound flushRound;
    private final MemorySegment cpuTime;
    private final Object monitor = new Object();

    @SuppressWarnings("unused") // through KICKED
    private volatile boolean kicked;

    /**
     * Odd while KVM_RUN may be running guest code, one more with each entry and each exit. Written by this thread only; its order with
     * {@link #flushWanted} makes a flush complete: entering is a volatile store, because the wish is looked at right after it; leaving need
     * be no more than a release.
     */
    private volatile long passage;

    /** The kernel's clock of this thread's processor time; 0 while there is none. */
    private volatile int cpuClock;

    private volatile long endedAt100ns;

    private volatile boolean flushWanted;

    // Guarded by monitor.
    private Order order = Order.RUN;
    private int tid;
    private boolean parked;
    private boolean stirred;
    private long hold = NO_HOLD;
    private long lastHold;
    private boolean shutDown;
    private boolean failed;

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
        this.flushRound = new FlushRound();
        this.cpuTime = arena.allocate(16, 8);
        setDaemon(true);
    }

    Vcpu vcpu() {
        return vcpu;
    }

    /** Makes the VP leave the guest and drain. Any thread, at any time. */
    void kick() {
        if ((boolean) KICKED.getAndSet(this, true)) {
            return;
        }
        synchronized (monitor) {
            if (tid != 0) {
                run.immediateExit(1);
                KickSignal.send(tid);
            }
            stirred = true;
            monitor.notifyAll();
        }
    }

    /** Processor time of this thread in units of 100 ns, 0 before it runs, and what it was when it has ended. Any thread. */
    long cpuTime100ns() {
        if (Thread.currentThread() == this) {
            return cpuTime100ns(cpuTime);
        }
        try (Arena scratch = Arena.ofConfined()) {
            return cpuTime100ns(scratch.allocate(16, 8));
        }
    }

    private long cpuTime100ns(MemorySegment timespec) {
        int clock = cpuClock;
        if (clock == 0 || LibC.clockGettime(clock, timespec) != 0) {
            return endedAt100ns;
        }
        return timespec.get(ValueLayout.JAVA_LONG, 0) * 10_000_000 + timespec.get(ValueLayout.JAVA_LONG, 8) / 100;
    }

    /** For flushes that this VP asks for. */
    FlushRound flushRound() {
        return flushRound;
    }

    /** Asks for an interrupt without EOI. Any thread. */
    void interruptAutoEoi(int vector) {
        autoEoi.request(vector);
        kick();
    }

    /**
     * Has the VP flush its TLB before it runs guest code again, and makes it leave the guest if it is there. Any thread.
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

    /** Gives an order; the VP follows at its next safe point, which it is kicked to. STOP is the last one. Any thread. */
    void order(Order wanted) {
        synchronized (monitor) {
            if (order != Order.STOP) {
                order = wanted;
            }
            monitor.notifyAll();
        }
        kick();
    }

    /**
     * Waits until the VP is parked, or its thread has ended.
     *
     * @throws KvmException if it does not get there
     */
    void awaitParked() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean interrupted = false;
        synchronized (monitor) {
            while (!parked) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    throw stuck();
                }
                try {
                    monitor.wait(millis);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until the thread has ended.
     *
     * @throws KvmException if it does not
     */
    void awaitEnd() {
        try {
            if (!join(java.time.Duration.ofNanos(PATIENCE_NANOS))) {
                throw stuck();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KvmException("interrupted while VP %d was coming to its end".formatted(vcpu.index()), e);
        }
    }

    private KvmException stuck() {
        StackTraceElement[] stack = getStackTrace();
        return new KvmException("VP %d does not come to a safe point; it is at %s"
                .formatted(vcpu.index(), stack.length == 0 ? "its end" : stack[0]));
    }

    /**
     * Keeps the VP from entering the guest until {@link #release}. On its own thread, while it answers an exit.
     *
     * @return names this hold: after a reset the VP may be in its next one before the last is released
     */
    long hold() {
        long token;
        synchronized (monitor) {
            token = ++lastHold;
            hold = token;
        }
        KICKED.setVolatile(this, true);
        run.immediateExit(1);
        return token;
    }

    /** Ends the hold that {@code token} names, if it is still on. Any thread. */
    void release(long token) {
        synchronized (monitor) {
            if (hold == token) {
                hold = NO_HOLD;
                monitor.notifyAll();
            }
        }
    }

    /** Forgets a shutdown or failure: the registers are those of the start again. While the VP is parked. */
    void revive() {
        synchronized (monitor) {
            hold = NO_HOLD;
            shutDown = false;
            failed = false;
        }
        autoEoi.clear();
    }

    @Override
    public void run() {
        try {
            signal.arm(vcpu);
            synchronized (monitor) {
                tid = LibC.gettid();
            }
            cpuClock = LibC.threadCpuClock(LibC.gettid());
            // A kick that came before could not be sent; the drain that follows serves it.
            acknowledge();
            work();
        } catch (Throwable e) {
            observer.failed(vcpu.index(), e);
        } finally {
            PASSAGE.setRelease(this, passage + (passage & 1));
            endedAt100ns = cpuTime100ns();
            cpuClock = 0;
            synchronized (monitor) {
                tid = 0;
                parked = true;
                monitor.notifyAll();
            }
            // The JVM restores the thread's first signal mask at its end: a signal still pending then would end the
            // process.
            signal.drain();
        }
    }

    private void work() {
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = pass();
                if (goesOn) {
                    runGuest();
                }
            } catch (Throwable e) {
                synchronized (monitor) {
                    failed = true;
                }
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

    /** One way into the guest and back. A method of its own, so that it is compiled as a whole. Returns false at a safe point. */
    private boolean once() {
        vp.drain();
        if (!enter()) {
            acknowledge();
            return false;
        }
        return switch (exits.handle()) {
            case CONTINUE -> true;
            case HALTED -> {
                awaitKick();
                yield true;
            }
            case SHUTDOWN -> {
                synchronized (monitor) {
                    shutDown = true;
                }
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

    private void awaitKick() {
        synchronized (monitor) {
            awaitMonitor(() -> stirred);
            stirred = false;
        }
    }

    /** Parks as long as it must. Returns false when the thread is to end. */
    private boolean pass() {
        while (true) {
            synchronized (monitor) {
                if (order == Order.STOP) {
                    return false;
                }
                if (isFree()) {
                    parked = false;
                    return true;
                }
                parked = true;
                monitor.notifyAll();
                awaitMonitor(this::mayLeavePark);
                parked = false;
                if (!stirred || failed || order == Order.QUIESCE) {
                    continue;
                }
                stirred = false;
            }
            acknowledge();
            vp.drain();
        }
    }

    private boolean isFree() {
        return order == Order.RUN && hold == NO_HOLD && !shutDown && !failed;
    }

    private boolean mayLeavePark() {
        return order == Order.STOP || isFree() || stirred && !failed && order != Order.QUIESCE;
    }

    /** Waits for a condition that the monitor guards. Nobody has a reason to interrupt a VP; it ends by order only. */
    private void awaitMonitor(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                monitor.wait();
            } catch (InterruptedException e) {
                Thread.interrupted();
            }
        }
    }
}
