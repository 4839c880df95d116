package hv.vmbus;

import hv.api.GuestMemory;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.Vmbus;
import hv.api.vmbus.VmbusDevice;
import hv.vmbus.Channel.Phase;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * VMBus for one guest, over the message and event ports of its synthetic interrupt controller.
 *
 * <p>What the guest sees: it posts INITIATE_CONTACT to connection 4, or 1 before protocol 5.0, and gets
 * VERSION_RESPONSE in the message slot of SINT2. Then it asks for offers: each device is one, with a number (relid), a
 * kind and an instance, by which the guest finds a driver. To open a device's channel it describes pages of its memory
 * (a GPADL), which become two rings, one for each direction; who has written into a ring signals the other side, by
 * HvCallSignalEvent or by an event flag of SINT2. Protocols 5.3 down to 2.4 are spoken.
 *
 * <p>How it works: VPs only leave what they post and signal, in a bounded queue and in one bit for each channel.
 * Workers answer the messages in their order, one at a time ({@link Bus}), and call each device, one at a time
 * ({@link Service}); so neither a device nor the conversation needs locks of its own, a VP never waits for a device,
 * and no device for another. Nobody works while there is nothing to do, however many channels are open. A guest that
 * does not read its messages is not answered until it does.
 *
 * <p>Everything a guest gives is checked before it is used, read once, and bounded: {@link Gpadls}, {@link Inbox},
 * {@link hv.api.vmbus.RingReader}. Any thread.
 */
final class VmbusBus implements Vmbus {
    private static final long SETTLE_NANOS = 30_000_000_000L;
    private static final long RESET_MILLIS = 15_000;

    private final Bus bus;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VmbusDevice, ChannelOffer> devices = new IdentityHashMap<>();
    private boolean isClosed;

    VmbusBus(SynicPorts ports, GuestMemory memory, LongSupplier clock100ns, int vps, Workers workers) {
        if (vps < 1) {
            throw new IllegalArgumentException(vps + " VPs");
        }
        bus = new Bus(ports, memory, clock100ns, vps, workers);
        bus.connect();
    }

    @Override
    public void offer(VmbusDevice device) {
        // Who offers it gets what it throws.
        ChannelOffer offer = device.offer();
        UUID instance = offer.instance();
        lock.lock();
        try {
            if (devices.values().stream().anyMatch(other -> other.instance().equals(instance))) {
                throw new IllegalStateException("there is a device " + instance + " already");
            }
            if (devices.size() >= MOST_DEVICES) {
                throw new IllegalStateException("there are %d devices already".formatted(MOST_DEVICES));
            }
            devices.put(device, offer);
        } finally {
            lock.unlock();
        }
        bus.ask(() -> {
            bus.add(device, offer);
            return true;
        });
    }

    @Override
    public boolean rescind(VmbusDevice device) {
        lock.lock();
        try {
            if (devices.remove(device) == null) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        bus.ask(() -> bus.channels().stream()
                .filter(channel -> channel.device() == device && channel.phase() != Phase.RESCINDED)
                .findFirst()
                .map(bus::rescind)
                .orElse(true));
        return true;
    }

    @Override
    public List<ChannelState> channels() {
        return bus.channels().stream().map(Channel::snapshot).toList();
    }

    @Override
    public void pause() {
        bus.paused(true);
        // Whoever answers the guest at this moment has done so then.
        bus.lock().lock();
        bus.lock().unlock();
        try {
            for (Channel channel : bus.channels()) {
                if (!channel.service().awaitSettled(SETTLE_NANOS)) {
                    throw new IllegalStateException(
                            "the device of channel %d does not come back".formatted(channel.number()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while devices finish what they have begun", e);
        }
    }

    @Override
    public void resume() {
        if (!bus.isPaused()) {
            return;
        }
        bus.paused(false);
        for (Channel channel : bus.channels()) {
            if (channel.isOpen()) {
                channel.serveAgain();
                channel.signal();
            }
        }
        bus.poke();
    }

    @Override
    public void reset() {
        CountDownLatch done = new CountDownLatch(1);
        bus.ask(() -> {
            if (!bus.closings().areDone(bus.channels())) {
                return false;
            }
            bus.reset();
            done.countDown();
            return true;
        });
        try {
            if (!done.await(RESET_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the bus is not reset: a device does not come back");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void save(StateWriter out) {
        bus.lock().lock();
        try {
            bus.grantWishes();
            new BusState(bus).save(out);
        } finally {
            bus.lock().unlock();
        }
    }

    @Override
    public void restore(StateReader in) throws StateException {
        bus.lock().lock();
        try {
            bus.grantWishes();
            new BusState(bus).restore(in);
        } finally {
            bus.lock().unlock();
        }
    }

    @Override
    public void leave() {
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            isClosed = true;
        } finally {
            lock.unlock();
        }
        bus.paused(true);
        bus.disconnect();
    }

    @Override
    public void close() {
        try {
            reset();
        } finally {
            leave();
        }
    }
}
