package hv.devices;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.machine.SectionReader;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import hv.devices.Deployed.Version;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The place of one device in a guest. To the bus it is the device, whoever is in it: one version can follow another, or
 * nobody be there for a while, and the channel stays open. Any thread.
 */
final class DevicePlace implements VmbusDevice {
    private static final long SETTLE_NANOS = 30_000_000_000L;
    private static final long CODE_SECONDS = 5;

    private final DeviceSite site;
    private final String kind;
    private final ChannelOffer offer;
    private final DeviceCode code;
    private final PlaceFailures failures = new PlaceFailures();

    /** Held while the device is called. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition woken = lock.newCondition();

    /** Null while the place is vacant. */
    private VmbusDevice device;

    /** Null while the channel is closed. */
    private VmbusChannel channel;

    private boolean isSettling;

    /** Whether the device has a state to go on with, and has not gone on yet. */
    private boolean isRestored;

    /** What was left by who has left. */
    private Left left = Left.NOTHING;

    private volatile Version<DeviceKind> version;
    private volatile boolean isVacant;
    private volatile Instant since = Instant.now();

    /** @param made by this version for this site */
    DevicePlace(DeviceSite site, Version<DeviceKind> version, DeviceMaker.Made made, WorkerThreads workers) {
        this.site = site;
        this.kind = version.id();
        this.version = version;
        this.device = made.device();
        this.offer = made.offer();
        this.code = new DeviceCode(workers);
    }

    DeviceSite site() {
        return site;
    }

    String kind() {
        return kind;
    }

    /** Who is in place, or was last. */
    Version<DeviceKind> version() {
        return version;
    }

    boolean isVacant() {
        return isVacant;
    }

    PlaceDTO.State state() {
        return isVacant ? PlaceDTO.State.VACANT : PlaceDTO.State.IN_PLACE;
    }

    Instant since() {
        return since;
    }

    PlaceFailures failures() {
        return failures;
    }

    @Override
    public ChannelOffer offer() {
        return offer;
    }

    @Override
    public void opened(VmbusChannel open) {
        lock.lock();
        try {
            channel = open;
            if (device != null) {
                failures.call(() -> device.opened(open));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void woken() {
        lock.lock();
        try {
            if (isSettling) {
                woken.signalAll();
            } else if (device != null && channel != null) {
                failures.call(device::woken);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void closed() {
        lock.lock();
        try {
            channel = null;
            isRestored = false;
            left = Left.NOTHING;
            woken.signalAll();
            if (device != null) {
                failures.call(device::closed);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean settle() {
        lock.lock();
        try {
            return device == null || failures.answer(device::settle);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resumed(VmbusChannel open) {
        lock.lock();
        try {
            channel = open;
            if (device != null) {
                left = Left.NOTHING;
                isRestored = false;
                failures.call(() -> device.resumed(open));
            }
        } finally {
            lock.unlock();
        }
    }

    /** What it says of itself; nothing while the place is vacant. */
    @Override
    public Map<String, String> facts() {
        return failures.facts(() -> with(VmbusDevice::facts).orElse(Map.of()));
    }

    /** Does something with who is in place; empty if nobody is, or the one does not come back from something else. */
    <T> Optional<T> with(Function<VmbusDevice, T> action) {
        boolean isLocked = false;
        try {
            isLocked = lock.tryLock(CODE_SECONDS, TimeUnit.SECONDS);
            return isLocked && device != null ? Optional.ofNullable(action.apply(device)) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            if (isLocked) {
                lock.unlock();
            }
        }
    }

    /**
     * What a device of this kind needs to go on with the channel, if that is open; the bus is paused, so the device has
     * settled.
     */
    SavedState.Section section(String id) {
        lock.lock();
        try {
            boolean isOpen = device != null && (channel != null || isRestored);
            int stateVersion = version.stateVersion();
            SavedState.Section state = isOpen ? code.saved(device, id, stateVersion) : left.section();
            return DeviceCode.section(id, state, stateVersion);
        } catch (RefusedException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    /** Gives a device that has just been made what was saved; it goes on when the bus resumes. */
    void restore(SectionReader saved) throws StateException {
        lock.lock();
        try {
            isRestored = code.restore(device, saved);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has another version take over, or fills the place.
     *
     * @param made by it for this site
     */
    SwapDTO follow(History history, Version<DeviceKind> next, DeviceMaker.Made made) {
        SwapDTO.Kind change = isVacant ? SwapDTO.Kind.FILL : SwapDTO.Kind.SWAP;
        History.Change row = history.begin(change, site.name(), version.origin(), next.origin());
        lock.lock();
        try {
            VmbusDevice fresh = made.device();
            if (!offer.equals(made.offer())) {
                return row.failed("what it offers the guest is something else than what the guest knows");
            }
            row.paused();
            Left leaving = device == null ? left : leave();
            row.stateBytes(leaving.bytes());
            code.give(leaving, fresh);
            VmbusDevice before = device;
            device = fresh;
            version = next;
            isVacant = false;
            since = Instant.now();
            goOn(leaving);
            released(before);
            return row.done("took over" + (channel == null ? "" : ", with the channel open"));
        } catch (RefusedException e) {
            return row.failed(e.getMessage());
        } finally {
            try {
                stay();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Lets the place be vacant. What the guest signals meanwhile is seen by the successor. */
    SwapDTO vacate(History history) {
        History.Change row = history.begin(SwapDTO.Kind.VACATE, site.name(), version.origin(), "");
        lock.lock();
        try {
            try {
                left = leave();
            } catch (RefusedException e) {
                // It leaves all the same: a successor begins anew.
                left = Left.NOTHING;
                row.failed("its state is lost: " + e.getMessage());
            }
            row.stateBytes(left.bytes());
            VmbusDevice before = device;
            device = null;
            isVacant = true;
            since = Instant.now();
            released(before);
            return row.done("left; its channel is kept");
        } finally {
            isSettling = false;
            lock.unlock();
        }
    }

    /** With an open channel: waits until the device is done with what it has begun, and takes its state. */
    private Left leave() throws RefusedException {
        if (channel == null && !isRestored) {
            return left;
        }
        isSettling = true;
        long nanos = SETTLE_NANOS;
        while (channel != null && !failures.answer(device::settle)) {
            if (nanos <= 0) {
                throw new RefusedException("it is not done with what it has begun");
            }
            nanos = await(nanos);
        }
        if (channel == null && !isRestored) {
            return Left.NOTHING;
        }
        return code.left(device, site.name(), version.stateVersion());
    }

    private long await(long nanos) throws RefusedException {
        try {
            return woken.awaitNanos(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("interrupted", e);
        }
    }

    private void goOn(Left leaving) {
        VmbusChannel open = channel;
        if (open == null) {
            return;
        }
        VmbusDevice now = device;
        try {
            if (leaving.section() == null) {
                failures.call(() -> now.opened(open));
            } else {
                failures.call(() -> now.resumed(open));
            }
        } catch (IllegalStateException told) {
            // The bus finds that out when it wakes the device, and closes the channel.
        }
    }

    /** Whoever is in place now is called again. */
    private void stay() {
        isSettling = false;
        VmbusChannel open = channel;
        if (open != null) {
            open.wake();
            open.signal();
        }
    }

    private void released(VmbusDevice before) {
        if (before != null) {
            try {
                failures.call(before::left);
            } catch (IllegalStateException told) {
                // It is gone, and its successor has nothing to do with it.
            }
        }
    }

    /** The device is taken away, or the guest ends: the channel has been closed. */
    void end() {
        lock.lock();
        try {
            released(device);
            device = null;
        } finally {
            lock.unlock();
        }
    }
}
