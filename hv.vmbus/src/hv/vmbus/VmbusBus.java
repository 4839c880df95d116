package hv.vmbus;

import hv.api.GuestMemory;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.Vmbus;
import hv.api.vmbus.VmbusDevice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
 * <p>How it works: VPs only leave what they post and signal, in a bounded queue and in one bit for each channel. One
 * thread of the bus answers the messages in their order and calls the devices, so neither needs locks, and a VP never
 * waits for a device. The thread sleeps while there is nothing to do, however many channels are open. A guest that does
 * not read its messages is not answered until it does.
 *
 * <p>Everything a guest gives is checked before it is used, read once, and bounded: {@link Gpadls}, {@link Inbox},
 * {@link hv.api.vmbus.RingReader}. Made and closed by the VMM; any thread.
 */
public final class VmbusBus implements Vmbus, AutoCloseable {
    private static final long CLOSE_TIMEOUT_MILLIS = 5_000;
    private static final long NANOS_PER_100NS = 100;

    private final Bus bus;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<VmbusDevice> devices = new ArrayList<>();
    private volatile boolean isClosed;

    /**
     * A bus without devices, which listens at once.
     *
     * @param ports the guest's, as {@code GuestPartition.service("synic", SynicPorts.class)} gives them
     * @param memory the guest's RAM
     * @param clock100ns its reference time, in units of 100 ns; any thread
     * @param vps how many VPs it has, 1 or more
     * @throws IllegalStateException if somebody else listens on connections 1 or 4
     */
    public VmbusBus(SynicPorts ports, GuestMemory memory, LongSupplier clock100ns, int vps) {
        if (vps < 1) {
            throw new IllegalArgumentException(vps + " VPs");
        }
        thread = new Thread(this::run, "hv-vmbus");
        thread.setDaemon(true);
        bus = new Bus(ports, memory, clock100ns, vps, () -> LockSupport.unpark(thread));
        bus.connect();
        thread.start();
    }

    private void run() {
        while (!isClosed) {
            try {
                if (!bus.work()) {
                    sleep();
                }
            } catch (Throwable e) {
                // A bug of the bus: what it was about is lost, and the guest keeps its bus.
                System.getLogger(VmbusBus.class.getName())
                        .log(System.Logger.Level.ERROR, "the bus failed in what a guest asked for", e);
            }
        }
        bus.disconnect();
    }

    private void sleep() {
        long due = bus.due();
        if (due == Channel.NEVER) {
            LockSupport.park(this);
        } else {
            long wait = due - bus.now100ns();
            if (wait > 0) {
                LockSupport.parkNanos(this, Math.multiplyExact(Math.min(wait, Integer.MAX_VALUE), NANOS_PER_100NS));
            }
        }
    }

    @Override
    public void offer(VmbusDevice device) {
        UUID instance = device.offer().instance();
        lock.lock();
        try {
            Set<UUID> taken = new HashSet<>();
            devices.forEach(other -> taken.add(other.offer().instance()));
            if (taken.contains(instance)) {
                throw new IllegalStateException("there is a device " + instance + " already");
            }
            if (devices.size() >= MOST_DEVICES) {
                throw new IllegalStateException("there are %d devices already".formatted(MOST_DEVICES));
            }
            devices.add(device);
        } finally {
            lock.unlock();
        }
        bus.ask(() -> bus.add(device));
    }

    @Override
    public boolean rescind(VmbusDevice device) {
        lock.lock();
        try {
            if (!devices.removeIf(other -> other == device)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        bus.ask(() -> bus.channels().stream()
                .filter(channel -> channel.device() == device && channel.state() != ChannelState.State.RESCINDED)
                .findFirst()
                .ifPresent(bus::rescind));
        return true;
    }

    @Override
    public List<ChannelState> channels() {
        return bus.channels().stream().map(Channel::snapshot).toList();
    }

    /**
     * The guest's machine was reset: all channels are closed, and the guest makes contact anew. Returns when the
     * devices have been told.
     */
    public void reset() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        bus.ask(() -> {
            try {
                bus.reset();
            } finally {
                done.countDown();
            }
        });
        if (!done.await(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS) && !isClosed) {
            throw new IllegalStateException("a device does not come back");
        }
    }

    /** Ends it: devices are told that their channels are closed, the guest is not told anything. Idempotent. */
    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
        try {
            if (thread != Thread.currentThread()) {
                thread.join(CLOSE_TIMEOUT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
