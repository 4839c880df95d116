package hv.vmbus;

import hv.api.GuestMemory;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.PageList;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import hv.hosted.BufferMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

/**
 * A channel without a bus: a device at one end, a guest at the other, a clock by hand, and everything on the test's
 * thread. The device can be replaced by another one as a bus does it.
 */
final class Wire implements VmbusChannel {
    static final long SECOND = 10_000_000;
    private static final int PAGES = 4;

    private final GuestMemory memory = new BufferMemory(2L * PAGES * GuestMemory.PAGE_BYTES);
    private final PageList toHost;
    private final PageList toGuest;
    private final RingWriter guestOut;
    private final RingReader guestIn;
    private final RingPacket packet = new RingPacket(16 * 1024);
    private final AtomicBoolean isWanted = new AtomicBoolean();
    private RingReader in;
    private RingWriter out;
    private VmbusDevice device;
    private long due = Long.MAX_VALUE;
    long now = 1_000;

    /** The guest opens the device's channel. */
    Wire(VmbusDevice device) {
        PageList all = PageList.of(memory, LongStream.range(0, 2 * PAGES).toArray(), 0, 2L * PAGES * 4096);
        toHost = all.slice(0, PAGES);
        toGuest = all.slice(PAGES, PAGES);
        guestOut = new RingWriter(toHost);
        guestIn = new RingReader(toGuest);
        this.device = device;
        connect();
        device.opened(this);
        isWanted.set(true);
        run();
    }

    private void connect() {
        in = new RingReader(toHost);
        out = new RingWriter(toGuest);
    }

    /** Calls the device as long as it wants that. */
    void run() {
        while (true) {
            boolean isDue = due <= now;
            if (isDue) {
                due = Long.MAX_VALUE;
            }
            if (!isWanted.getAndSet(false) && !isDue) {
                return;
            }
            device.woken();
        }
    }

    /** Time passes, and the device is called when it wants that. */
    void pass(long time100ns) {
        long until = now + time100ns;
        while (due <= until) {
            now = Math.max(now, due);
            run();
        }
        now = until;
        run();
    }

    /** What the device has said next, without the packet's head; null if it has said nothing. Its room is free then. */
    ByteBuffer receive() {
        run();
        if (guestIn.next(packet) != RingReader.Outcome.PACKET) {
            return null;
        }
        byte[] payload = new byte[packet.payloadBytes()];
        packet.copy(0, payload, 0, payload.length);
        guestIn.commit();
        wake();
        run();
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Says something to the device, which hears it. */
    void send(byte[] payload) {
        leave(payload);
        wake();
        run();
    }

    /** Says something to the device, and does not signal. */
    void leave(byte[] payload) {
        if (guestOut.write(RingPacket.IN_BAND, false, 1, payload, 0, payload.length) != RingWriter.Outcome.WRITTEN) {
            throw new AssertionError("no room for " + payload.length + " bytes");
        }
        guestOut.commit();
    }

    /** Fills the ring that the guest reads; gives the number of packets. The device goes on where that ends. */
    int fill() {
        int packets = 0;
        byte[] filler = new byte[1024];
        while (out.write(RingPacket.IN_BAND, false, 0, filler, 0, filler.length) == RingWriter.Outcome.WRITTEN) {
            packets++;
        }
        out.commit();
        return packets;
    }

    /** The guest closes the channel. */
    void close() {
        due = Long.MAX_VALUE;
        device.closed();
    }

    /** The same guest opens it again, with empty rings. */
    void open() {
        RingReader unread = new RingReader(toHost);
        for (RingReader ring : new RingReader[] {unread, guestIn}) {
            while (ring.next(packet) == RingReader.Outcome.PACKET) {
                // Said before.
            }
            ring.commit();
        }
        connect();
        device.opened(this);
        wake();
        run();
    }

    /** What the device saves, as a file has it. */
    Saved save() {
        device.settle();
        Saved saved = new Saved();
        device.save(saved);
        return saved;
    }

    /** A successor in the same JVM takes over. */
    void swap(VmbusDevice successor) throws StateException {
        Saved saved = save();
        Map<String, Object> given = device.handOver();
        successor.restore(saved);
        successor.takeOver(given);
        device.left();
        resume(successor);
    }

    /** As in another process, where there is nothing but what was saved. */
    void restore(VmbusDevice successor) throws StateException {
        successor.restore(save());
        resume(successor);
    }

    private void resume(VmbusDevice successor) {
        device = successor;
        due = Long.MAX_VALUE;
        connect();
        device.resumed(this);
        wake();
        run();
    }

    @Override
    public RingReader in() {
        return in;
    }

    @Override
    public RingWriter out() {
        return out;
    }

    @Override
    public void signal() {
        // The guest looks by itself.
    }

    @Override
    public void wake() {
        isWanted.set(true);
    }

    @Override
    public void wakeAt(long referenceTime100ns) {
        due = referenceTime100ns;
    }

    @Override
    public long referenceTime100ns() {
        return now;
    }

    @Override
    public Optional<PageList> memory(int gpadl) {
        return Optional.empty();
    }

    @Override
    public GuestMemory ram() {
        return memory;
    }

    @Override
    public int version() {
        return 0x5_0003;
    }

    /** A saved state, which a test can change. */
    static final class Saved implements StateWriter, StateReader {
        final Map<String, Long> values = new HashMap<>();
        final Map<String, byte[]> bytes = new HashMap<>();

        @Override
        public void put(String name, long value) {
            if (values.put(name, value) != null) {
                throw new AssertionError(name + " twice");
            }
        }

        @Override
        public void put(String name, byte[] value) {
            if (value.length > 65_536 || bytes.put(name, value.clone()) != null) {
                throw new AssertionError(name + " twice, or too long");
            }
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public long get(String name) throws StateException {
            Long value = values.get(name);
            if (value == null) {
                throw new StateException(name + " is missing");
            }
            return value;
        }

        @Override
        public long get(String name, long fallback) {
            return values.getOrDefault(name, fallback);
        }

        @Override
        public byte[] bytes(String name) throws StateException {
            byte[] value = bytes.get(name);
            if (value == null) {
                throw new StateException(name + " is missing");
            }
            return value.clone();
        }
    }
}
