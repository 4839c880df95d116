package hv.bench.vmbus;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.synic.SynicPorts;
import hv.hosted.HostedHost;
import hv.hosted.HostedRegisters;
import hv.partition.PartitionService;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/**
 * A guest that does as much of VMBus as it takes to open channels: a partition without a CPU, one VP, a real SynIC. The
 * caller's thread is its VP.
 */
final class BusGuest implements AutoCloseable {
    /** The first page that nothing else is in. */
    static final int FIRST_FREE_PAGE = 16;

    /** What a channel's two rings take: a page of indices and one of data each. */
    static final int CHANNEL_PAGES = 4;

    private static final int POST_MESSAGE = 0x5C;
    private static final long SIGNAL_EVENT = 1L << 16 | 0x5D;
    private static final int INITIATE_CONTACT = 14;
    private static final int VERSION_RESPONSE = 15;
    private static final int REQUEST_OFFERS = 3;
    private static final int OFFER = 1;
    private static final int ALL_OFFERS = 4;
    private static final int GPADL_HEADER = 8;
    private static final int GPADL_CREATED = 10;
    private static final int OPEN = 5;
    private static final int OPEN_RESULT = 6;
    private static final long INPUT = 0x3000;
    private static final long EVENTS = 0x4000;
    private static final long MESSAGES = 0x5000;
    private static final int SINT = 2;
    private static final long SLOT = MESSAGES + 256 * SINT;
    private static final int PAGE = GuestMemory.PAGE_BYTES;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final HostedHost host;
    private final GuestPartition partition;
    private final GuestVp vp;
    private final HostedRegisters registers = new HostedRegisters();

    BusGuest(long memoryBytes) throws ConfigurationException, GuestFault {
        host = HostedHost.builder().memoryBytes(memoryBytes).build();
        List<Enlightenment> all = new ArrayList<>();
        ServiceLoader.load(Enlightenment.class).forEach(all::add);
        partition = PartitionService.of(all).create("hv-vpindex,hv-synic", host);
        vp = partition.addVp();
        host.attach(partition);
        vp.drain();
        vp.writeMsr(0x4000_0000, 1);
        vp.writeMsr(0x4000_0080, 1);
        vp.writeMsr(0x4000_0082, EVENTS | 1);
        vp.writeMsr(0x4000_0083, MESSAGES | 1);
        vp.writeMsr(0x4000_0090 + SINT, 0xF3);
    }

    GuestMemory memory() {
        return host.memory();
    }

    SynicPorts ports() {
        return partition.service("synic", SynicPorts.class).orElseThrow();
    }

    /** Makes contact and opens every channel that is offered; gives the ids by which they are signalled. */
    int[] openAll() throws GuestFault {
        ByteBuffer contact = message(INITIATE_CONTACT, 40).putInt(8, 0x5_0003).put(16, (byte) SINT);
        post(4, contact);
        hear(VERSION_RESPONSE);
        post(1, message(REQUEST_OFFERS, 8));
        List<ByteBuffer> offers = new ArrayList<>();
        for (ByteBuffer next = hear(); next.getInt(0) != ALL_OFFERS; next = hear()) {
            expect(OFFER, next);
            offers.add(next);
        }
        for (int i = 0; i < offers.size(); i++) {
            open(offers.get(i).getInt(184), FIRST_FREE_PAGE + CHANNEL_PAGES * i);
        }
        return offers.stream().mapToInt(offer -> offer.getInt(192)).toArray();
    }

    private void open(int channel, int firstPage) throws GuestFault {
        ByteBuffer header = message(GPADL_HEADER, 28 + 8 * CHANNEL_PAGES)
                .putInt(8, channel)
                .putInt(12, channel)
                .putShort(16, (short) (8 + 8 * CHANNEL_PAGES))
                .putShort(18, (short) 1)
                .putInt(20, CHANNEL_PAGES * PAGE);
        for (int i = 0; i < CHANNEL_PAGES; i++) {
            header.putLong(28 + 8 * i, firstPage + i);
        }
        post(1, header);
        succeeded(hear(GPADL_CREATED));
        post(
                1,
                message(OPEN, 148)
                        .putInt(8, channel)
                        .putInt(12, channel)
                        .putInt(16, channel)
                        .putInt(24, CHANNEL_PAGES / 2));
        succeeded(hear(OPEN_RESULT));
    }

    private static void succeeded(ByteBuffer result) {
        if (result.getInt(16) != 0) {
            throw new IllegalStateException("channel %d: status 0x%x".formatted(result.getInt(8), result.getInt(16)));
        }
    }

    private static ByteBuffer message(int type, int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, type);
    }

    private void post(int connection, ByteBuffer message) throws GuestFault {
        ByteBuffer input = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        input.putInt(connection).putInt(0).putInt(1).putInt(message.capacity()).put(message.array());
        memory().write(INPUT, input.array(), 0, input.capacity());
        call(POST_MESSAGE, INPUT);
    }

    /** Signals a channel. */
    void signal(int connection) throws GuestFault {
        call(SIGNAL_EVENT, connection);
    }

    private void call(long control, long input) throws GuestFault {
        registers.call(CpuRegisters.Mode.LONG, 0, control, input, 0);
        vp.hypercall(registers);
        if ((registers.result() & 0xFFFF) != 0) {
            throw new IllegalStateException("call 0x%x: 0x%x".formatted(control, registers.result()));
        }
    }

    private ByteBuffer hear(int type) throws GuestFault {
        return expect(type, hear());
    }

    private static ByteBuffer expect(int type, ByteBuffer message) {
        if (message.getInt(0) != type) {
            throw new IllegalStateException("a message of type %d, not %d".formatted(message.getInt(0), type));
        }
        return message;
    }

    /** Waits for the next message, and frees its slot. */
    private ByteBuffer hear() throws GuestFault {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (memory().getIntAcquire(SLOT) == 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the bus does not answer");
            }
            vp.drain();
            Thread.onSpinWait();
        }
        byte[] payload = new byte[memory().getInt(SLOT + 4) & 0xFF];
        memory().read(SLOT + 16, payload, 0, payload.length);
        memory().putIntRelease(SLOT, 0);
        vp.writeMsr(0x4000_0084, 0);
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        partition.close();
    }
}
