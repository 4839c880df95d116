package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Gets a VP out of the guest, or has it not enter: sets {@code kicked}, then immediate_exit and the signal. KVM_RUN then
 * returns EINTR, now or when next called; only there the VP's thread clears all three, {@code kicked} last and by an
 * atomic exchange, and drains. Hence work posted before a kick that found {@code kicked} set is seen by that drain, and
 * an exit that was not caused by a kick pays nothing for it.
 */
final class Kick {
    private static final VarHandle KICKED;

    static {
        try {
            KICKED = MethodHandles.lookup().findVarHandle(Kick.class, "kicked", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RunPage run;
    private final KickSignal signal;

    @SuppressWarnings("unused") // through KICKED
    private volatile boolean kicked;

    /** For the VP with this run page; segments live as long as {@code arena}. */
    Kick(RunPage run, Arena arena) {
        this.run = run;
        this.signal = new KickSignal(arena);
    }

    /** Kicks, unless that was done and has not been acknowledged. Returns whether it did. Any thread. */
    boolean send() {
        boolean first = !(boolean) KICKED.getAndSet(this, true);
        if (first) {
            signal.send(run);
        }
        return first;
    }

    /**
     * Kicks in any case: {@link #send} may leave it to another thread that has not got there yet. On return a VP outside
     * the guest will not get in. Any thread.
     */
    void insist() {
        KICKED.setVolatile(this, true);
        signal.send(run);
    }

    /** The VP will come to its safe point instead of entering the guest. On its thread, while it answers an exit. */
    void hold() {
        KICKED.setVolatile(this, true);
        run.immediateExit(1);
    }

    /** The VP's thread begins: from now on it can be kicked. One sent before had no effect; what follows serves it. */
    void arm(Vcpu vcpu) {
        signal.arm(vcpu);
    }

    /** On the VP's thread, after EINTR; drain afterwards. */
    void acknowledge() {
        run.immediateExit(0);
        signal.takeOne();
        KICKED.getAndSet(this, false);
    }

    /** The VP's thread ends. */
    void disarm() {
        signal.disarm();
    }
}
