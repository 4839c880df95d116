package hv.kvm.vcpu;

import java.util.function.BooleanSupplier;

/**
 * Where a VP stops when it may not enter the guest: while the VM is paused or reset, while its own power event is being
 * handled, while a device takes no more of it, after a shutdown or a failure. A parked VP still drains when it is
 * stirred, so that what others ask of it is done; only in order {@code QUIESCE} (reset), or after a failure, it stays
 * out of the partition altogether.
 *
 * <p>{@link #next}, {@link #hold}, {@link #stall}, {@link #shutDown} and {@link #awaitStir} are for the VP's thread,
 * the others for any. The VP itself waits here until somebody gives an order, at the latest STOP; everybody else waits
 * for a limited time.
 */
public final class Parking {
    /** What the VM wants of its VPs. */
    public enum Order {
        RUN,
        PAUSE,
        QUIESCE,
        STOP
    }

    /** What the VP is to do. */
    enum Next {
        ENTER_GUEST,
        DRAIN,
        END
    }

    private static final long NONE = 0;

    // All guarded by this object's monitor.
    private Order order = Order.RUN;
    private boolean parked;
    private boolean stirred;
    private long hold = NONE;
    private long stall = NONE;
    private long lastToken;
    private boolean shutDown;
    private boolean failed;

    /** Gives an order, which the VP follows when it comes here. STOP is the last one. */
    synchronized void order(Order wanted) {
        if (order != Order.STOP) {
            order = wanted;
        }
        notifyAll();
    }

    /** Whether the VP was told to end. */
    synchronized boolean isEnding() {
        return order == Order.STOP;
    }

    /** Has a parked VP drain, now or when it parks next. */
    synchronized void stir() {
        stirred = true;
        notifyAll();
    }

    /** Parks as long as the VP must, and says what it is to do then. */
    synchronized Next next() {
        while (true) {
            if (order == Order.STOP) {
                return Next.END;
            }
            if (isFree()) {
                return Next.ENTER_GUEST;
            }
            parked = true;
            notifyAll();
            await(this::mayAct);
            parked = false;
            if (mayDrain()) {
                stirred = false;
                return Next.DRAIN;
            }
        }
    }

    private synchronized boolean mayAct() {
        return order == Order.STOP || isFree() || mayDrain();
    }

    private boolean isFree() {
        return order == Order.RUN && hold == NONE && stall == NONE && !shutDown && !failed;
    }

    private boolean mayDrain() {
        return stirred && !failed && (order == Order.RUN || order == Order.PAUSE);
    }

    /** Waits until somebody stirs the VP. */
    synchronized void awaitStir() {
        await(() -> stirred);
        stirred = false;
    }

    /** Nobody has a reason to interrupt a VP; it ends by order only. */
    private void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.interrupted();
            }
        }
    }

    /** Waits until the VP is parked or has ended, and returns whether it is. */
    synchronized boolean awaitParked(long patienceNanos) {
        return await(() -> parked, patienceNanos);
    }

    /** Waits until the VP is not held or is to end, and returns whether it is so. */
    synchronized boolean awaitReleased(long patienceNanos) {
        return await(this::isReleased, patienceNanos);
    }

    private synchronized boolean isReleased() {
        return hold == NONE || order == Order.STOP;
    }

    synchronized boolean isHeld() {
        return hold != NONE;
    }

    private boolean await(BooleanSupplier condition, long patienceNanos) {
        long deadline = System.nanoTime() + patienceNanos;
        boolean interrupted = false;
        long millis = patienceNanos / 1_000_000;
        while (!condition.getAsBoolean() && millis > 0) {
            try {
                wait(millis);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            millis = (deadline - System.nanoTime()) / 1_000_000;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return condition.getAsBoolean();
    }

    /**
     * Keeps the VP from entering the guest until {@link #release}.
     *
     * @return names this hold: after a reset the VP may be in its next one before the last is released
     */
    synchronized long hold() {
        hold = ++lastToken;
        return hold;
    }

    /** Ends the hold that {@code token} names, if it is still on. */
    synchronized void release(long token) {
        if (hold == token) {
            hold = NONE;
            notifyAll();
        }
    }

    /**
     * Keeps the VP from entering the guest until {@link #goOn}. Unlike a hold it is nothing that anybody else has to
     * wait for: what the VP did is done.
     *
     * @return names this stall, as with {@link #hold}
     */
    synchronized long stall() {
        stall = ++lastToken;
        return stall;
    }

    /** Ends the stall that {@code token} names, if it is still on. */
    synchronized void goOn(long token) {
        if (stall == token) {
            stall = NONE;
            notifyAll();
        }
    }

    /** The VP has shut down: it parks until it is revived. */
    synchronized void shutDown() {
        shutDown = true;
    }

    /** The VP cannot go on: it parks until it is revived, and does not drain. */
    synchronized void fail() {
        failed = true;
    }

    /** Forgets hold, stall and failure; whether the VP has shut down is as given. While the VP is parked. */
    synchronized void revive(boolean isShutDown) {
        hold = NONE;
        stall = NONE;
        shutDown = isShutDown;
        failed = false;
        notifyAll();
    }

    synchronized boolean isShutDown() {
        return shutDown;
    }

    synchronized boolean hasFailed() {
        return failed;
    }

    /** The VP's thread ends: it counts as parked for ever. */
    synchronized void end() {
        parked = true;
        notifyAll();
    }
}
