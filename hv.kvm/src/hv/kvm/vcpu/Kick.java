package hv.kvm.vcpu;

import hv.kvm.abi.Errno;
import hv.kvm.interrupt.Occasions;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Gets a VP out of the guest, or has it not enter: sets {@code kicked}, then immediate_exit and the signal. KVM_RUN
 * then returns EINTR, now or when next called; only there the VP's thread clears all three, {@code kicked} last and by
 * an atomic exchange, and drains. Hence work posted before a kick that found {@code kicked} set is seen by that drain,
 * and an exit that was not caused by a kick pays nothing for it.
 *
 * <p>A signal that could not be sent is sent again until it could, or until it has become needless.
 */
final class Kick {
    private static final System.Logger LOG = System.getLogger(Kick.class.getName());
    private static final VarHandle KICKED;

    static {
        try {
            KICKED = MethodHandles.lookup().findVarHandle(Kick.class, "kicked", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Entry entry;
    private final String what;
    private final Retries.Retry again;

    @SuppressWarnings("unused") // through KICKED
    private volatile boolean kicked;

    /** Why the last signal could not be sent; 0 if it was. */
    private volatile int unsent;

    /** How often that has begun. */
    private final Occasions spells = new Occasions();

    /** For the VP that enters the guest by {@code entry}, and is called {@code what}. */
    Kick(Entry entry, String what, Retries retries) {
        this.entry = entry;
        this.what = what;
        this.again = retries.of(this::sendAgain);
    }

    /** Kicks, unless that was done and has not been acknowledged. Returns whether it did. Any thread. */
    boolean send() {
        boolean first = !(boolean) KICKED.getAndSet(this, true);
        if (first) {
            signal();
        }
        return first;
    }

    /**
     * Kicks in any case: {@link #send} may leave it to another thread that has not got there yet. On return a VP
     * outside the guest will not get in. Any thread.
     */
    void insist() {
        KICKED.setVolatile(this, true);
        signal();
    }

    private void signal() {
        int error = entry.signal();
        if (error != 0) {
            notSent(error);
        } else if (unsent != 0) {
            unsent = 0;
            again.done();
        }
    }

    private void notSent(int error) {
        long spell = unsent == 0 ? spells.next() : 0;
        if (spell > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    problem(error) + "; it is sent again" + (spell == 1 ? "" : " (" + spell + " times by now)"));
        }
        unsent = error;
        again.later();
    }

    private void sendAgain() {
        if ((boolean) KICKED.getVolatile(this)) {
            signal();
        } else {
            unsent = 0;
            again.done();
        }
    }

    private String problem(int error) {
        return "%s: the signal that gets it out of the guest cannot be sent: tgkill: %s"
                .formatted(what, Errno.name(error));
    }

    /** Whether a VP in the guest stays there, because the signal cannot be sent. */
    boolean isUnsent() {
        return unsent != 0;
    }

    /** The VP will come to its safe point instead of entering the guest. On its thread, while it answers an exit. */
    void hold() {
        KICKED.setVolatile(this, true);
        entry.immediateExit(true);
    }

    /** On the VP's thread, after EINTR; drain afterwards. */
    void acknowledge() {
        entry.immediateExit(false);
        entry.takeSignal();
        KICKED.getAndSet(this, false);
    }
}
