package hv.vmbus;

import hv.vmbus.Channel.Phase;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls one channel's device: one worker at a time, and nobody while the bus is paused. A device that does not come
 * back keeps its worker, and no other device from being served. Any thread.
 */
final class Service {
    private static final System.Logger LOG = System.getLogger(Service.class.getName());

    private static final long LEAST_DELAY_100NS = 100;

    private final Carrier bus;
    private final Channel channel;
    private final Workers workers;
    private final Strand strand;

    /** Held while the device is called. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition woken = lock.newCondition();
    private final AtomicLong armed100ns = new AtomicLong(Channel.NEVER);
    private boolean isResuming;
    private volatile boolean isClosing;

    /** Whether a call of the device has not come back, and nobody waits for it any more. */
    private volatile boolean isLost;

    Service(Carrier bus, Channel channel, Workers workers) {
        this.bus = bus;
        this.channel = channel;
        this.workers = workers;
        this.strand = new Strand(workers, this::turn);
    }

    void poke() {
        strand.poke();
    }

    /** Has the device called at a reference time; there is one timer, however often that is wished. */
    void pokeAt(long referenceTime100ns) {
        long seen = armed100ns.get();
        while (referenceTime100ns < seen) {
            if (armed100ns.compareAndSet(seen, referenceTime100ns)) {
                long delay = Math.max(LEAST_DELAY_100NS, referenceTime100ns - bus.now100ns());
                workers.later(delay, () -> fired(referenceTime100ns));
                return;
            }
            seen = armed100ns.get();
        }
    }

    private void fired(long referenceTime100ns) {
        if (!armed100ns.compareAndSet(referenceTime100ns, Channel.NEVER)) {
            // An earlier one has been wished since, and has seen or will see to this one.
            return;
        }
        long due = channel.due100ns();
        if (due <= bus.now100ns()) {
            strand.poke();
        } else {
            // It was early, or the wish has changed.
            pokeAt(due);
        }
    }

    private void turn() {
        lock.lock();
        try {
            if (bus.isPaused() || isClosing) {
                // Nobody is served now, so that a wish of before must not keep a device from saying that it is done.
                channel.forgetWish();
            }
            if (bus.isPaused()) {
                woken.signalAll();
            } else if (!isClosing && channel.phase() == Phase.OPENING) {
                open();
            } else if (!isClosing && channel.phase() == Phase.OPEN) {
                serve();
            }
        } finally {
            lock.unlock();
        }
        isLost = false;
        if (isClosing) {
            bus.poke();
        }
    }

    private void open() {
        Opening opening = channel.opening();
        boolean isOpened = false;
        try {
            channel.layRings();
            channel.device().opened(channel);
            isOpened = true;
        } catch (Throwable e) {
            failed(e);
        }
        // Before the guest hears of it: from then on it may do anything.
        boolean isLate = isOpened ? !channel.opened() : channel.opening() != opening;
        if (isLate) {
            // The guest has been told that it is not open.
            closed(true);
            return;
        }
        bus.opened(channel.number(), opening, isOpened);
        if (isOpened) {
            // Costs nothing, and helps a guest that has lost an interrupt.
            channel.signal();
            strand.poke();
        }
    }

    private void serve() {
        try {
            if (isResuming) {
                isResuming = false;
                channel.layRings();
                channel.device().resumed(channel);
            }
            if (channel.takeWish()) {
                channel.device().woken();
            }
        } catch (Throwable e) {
            failed(e);
            bus.closeSoon(channel.number());
            return;
        }
        if (channel.hasBrokenRing()) {
            channel.faulty();
            bus.ringBroken(channel.number());
        }
    }

    /** A device that fails loses its channel; nobody else does. */
    private void failed(Throwable failure) {
        channel.faulty();
        LOG.log(System.Logger.Level.ERROR, "a device failed, and its channel is closed", failure);
    }

    /** The device goes on with a channel that was open in another bus, before anything else. */
    void resumeFirst() {
        lock.lock();
        try {
            isResuming = channel.phase() == Phase.OPEN;
        } finally {
            lock.unlock();
        }
    }

    /**
     * While the bus is paused: waits until the device is not being called, and is done with what it has begun.
     *
     * @return false if that takes longer
     */
    boolean awaitSettled(long nanos) throws InterruptedException {
        if (!lock.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            long left = nanos;
            while (channel.phase() == Phase.OPEN && !isResuming && !isSettled()) {
                if (left <= 0) {
                    return false;
                }
                left = woken.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isSettled() {
        try {
            return channel.device().settle();
        } catch (Throwable e) {
            failed(e);
            return true;
        }
    }

    /**
     * Closes the channel, if its device is done with what it has begun. From the first try on the device is only asked
     * for that.
     *
     * @param isForced do not ask, but for whether it is being called at this moment
     * @return false if it has to be tried again: the bus is poked when it may be time
     */
    boolean tryClose(boolean isForced) {
        isClosing = true;
        if (!lock.tryLock()) {
            return false;
        }
        try {
            boolean isSettled = isForced || channel.phase() != Phase.OPEN || isResuming || isSettled();
            if (isSettled) {
                boolean hadIt = channel.phase() != Phase.OPENING;
                channel.close();
                isClosing = false;
                isResuming = false;
                closed(hadIt);
            }
            return isSettled;
        } finally {
            lock.unlock();
        }
    }

    private void closed(boolean hadIt) {
        try {
            if (hadIt) {
                channel.device().closed();
            }
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a device failed while its channel was closed", e);
        }
    }

    /** The guest has waited too long for the device to open the channel; false if it has done so now. */
    boolean giveUp() {
        boolean isHung = lock.isLocked();
        boolean isGivenUp = channel.giveUp();
        isLost = isGivenUp && isHung;
        return isGivenUp;
    }

    /** The device does not come back: the channel is closed without it. */
    void abandon() {
        LOG.log(
                System.Logger.Level.ERROR,
                "channel {0}: its device does not come back; it is closed without it",
                channel.number());
        isLost = lock.isLocked();
        channel.close();
        isClosing = false;
    }

    /** Whether the device is being called still from before the channel was closed. */
    boolean isBusy() {
        return isLost;
    }
}
