package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import hv.api.GuestMemory;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.VmbusDevice;
import hv.synic.Synic;
import hv.testkit.Guest;
import hv.testkit.VmbusRings;
import hv.vpindex.VpIndex;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.UnaryOperator;

/**
 * The guest's half of VMBus, in the order in which Linux does things (drivers/hv): on a partition with a real SynIC, by
 * MSRs and hypercalls alone. The bus is driven by hand, so that everything happens on the test's thread.
 */
final class FakeGuest implements AutoCloseable {
    static final int VPS = 2;
    private static final long INPUT = 0x5000;
    private static final long SLOT = 0x6200;
    private static final long EVENTS = 0x7200;
    private static final int POST_MESSAGE = 0x5C;
    private static final int SIGNAL_EVENT = 0x1_005D;

    final Guest guest;
    final Bus bus;
    final HandWorkers workers = new HandWorkers(() -> this.now100ns);
    long now100ns;
    private int connection = Bus.CONTACT;

    FakeGuest() {
        this(memory -> memory);
    }

    /** A device on the bus. */
    void add(VmbusDevice device) {
        bus.add(device, device.offer());
    }

    /** One whose RAM the bus sees in another way than the guest. */
    FakeGuest(UnaryOperator<GuestMemory> seen) {
        guest = Guest.with(new VpIndex(), new Synic())
                .flags("hv-synic,hv-vpindex")
                .vps(VPS)
                .start()
                .identify();
        for (int vp = 0; vp < VPS; vp++) {
            guest.wrmsr(vp, 0x4000_0080, 1);
            guest.wrmsr(vp, 0x4000_0082, 0x7001 + 0x2_0000L * vp);
            guest.wrmsr(vp, 0x4000_0083, 0x6001 + 0x2_0000L * vp);
            guest.wrmsr(vp, 0x4000_0092, 0xF3);
        }
        SynicPorts ports = guest.partition().service("synic", SynicPorts.class).orElseThrow();
        bus = new Bus(ports, seen.apply(guest.memory()), () -> now100ns, VPS, workers);
        bus.connect();
        bus.paused(false);
    }

    GuestMemory memory() {
        return guest.memory();
    }

    void run() {
        bus.poke();
        workers.run();
        guest.takeInterrupts();
    }

    /** HvCallPostMessage; gives the status. */
    long post(int to, byte[] message) {
        ByteBuffer input = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        input.putInt(to).putInt(0).putInt(1).putInt(message.length).put(message);
        memory().write(INPUT, input.array(), 0, 256);
        return guest.hypercall(POST_MESSAGE, INPUT, 0) & 0xFFFF;
    }

    void say(byte[] message) {
        assertEquals(0, post(connection, message));
        run();
    }

    void say(int type, int... words) {
        say(Message.words(type, words));
    }

    /** What is in the slot of a VP, or null; frees the slot as Linux does. */
    ByteBuffer hear(int vp) {
        guest.takeInterrupts();
        long slot = SLOT + 0x2_0000L * vp;
        if (memory().getInt(slot) == 0) {
            return null;
        }
        byte[] payload = new byte[memory().getInt(slot + 4) & 0xFF];
        memory().read(slot + 16, payload, 0, payload.length);
        boolean isPending = (memory().getInt(slot + 4) >>> 8 & 1) != 0;
        memory().putIntRelease(slot, 0);
        if (isPending) {
            guest.wrmsr(vp, 0x4000_0084, 0);
        }
        run();
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The next message, which must be of this type. */
    ByteBuffer hear(int vp, int type) {
        ByteBuffer heard = hear(vp);
        assertNotNull(heard, () -> "no message of type " + type);
        assertEquals(type, heard.getInt(0));
        return heard;
    }

    /** INITIATE_CONTACT; gives the answer. */
    ByteBuffer contact(int version, int vp) {
        ByteBuffer message = Message.of(Message.INITIATE_CONTACT, 40).putInt(8, version);
        message.putInt(12, vp).put(16, (byte) 2);
        connection = version >= 0x5_0000 ? Bus.CONTACT : Bus.MESSAGES;
        say(message.array());
        ByteBuffer answer = hear(version >= 0x3_0000 ? vp : 0, Message.VERSION_RESPONSE);
        if (answer.get(8) != 0 && version >= 0x5_0000) {
            connection = answer.getInt(12);
        }
        return answer;
    }

    /** Describes {@code pages} pages from {@code first} on for a channel, as Linux does; gives the status. */
    int gpadl(int channel, int id, int first, int pages) {
        ByteBuffer header = Message.of(Message.GPADL_HEADER, 20 + 8 + 8 * Math.min(pages, 26));
        header.putInt(8, channel)
                .putInt(12, id)
                .putShort(16, (short) (8 + 8 * pages))
                .putShort(18, (short) 1);
        header.putInt(20, pages * 4096);
        int done = 0;
        for (; done < Math.min(pages, 26); done++) {
            header.putLong(28 + 8 * done, first + done);
        }
        say(header.array());
        while (done < pages) {
            int some = Math.min(28, pages - done);
            ByteBuffer body = Message.of(Message.GPADL_BODY, 16 + 8 * some).putInt(12, id);
            for (int i = 0; i < some; i++, done++) {
                body.putLong(16 + 8 * i, first + done);
            }
            say(body.array());
        }
        ByteBuffer created = hear(0, Message.GPADL_CREATED);
        assertEquals(channel, created.getInt(8));
        assertEquals(id, created.getInt(12));
        return created.getInt(16);
    }

    /** Opens a channel over a GPADL; gives the status. */
    int open(int channel, int gpadl, int hostRing, int vp) {
        ByteBuffer message = Message.of(Message.OPEN_CHANNEL, 148);
        message.putInt(8, channel)
                .putInt(12, 0x77)
                .putInt(16, gpadl)
                .putInt(20, vp)
                .putInt(24, hostRing);
        say(message.array());
        ByteBuffer result = hear(0, Message.OPEN_RESULT);
        assertEquals(channel, result.getInt(8));
        assertEquals(0x77, result.getInt(12));
        return result.getInt(16);
    }

    /** Both rings, of {@code pages} each, from page {@code first} on, set up as Linux does; opened on a VP. */
    VmbusRings rings(int channel, int gpadl, int first, int pages, int vp) {
        VmbusRings rings = new VmbusRings(memory(), this::signal, 0x2000 + channel, first, pages);
        assertEquals(0, gpadl(channel, gpadl, first, 2 * pages));
        assertEquals(0, open(channel, gpadl, pages, vp));
        return rings;
    }

    /** HvCallSignalEvent, fast; gives the status. */
    long signal(int to) {
        return guest.hypercall(SIGNAL_EVENT, to, 0) & 0xFFFF;
    }

    /** Whether an event flag of a VP is set; clears it. */
    boolean takeFlag(int vp, int flag) {
        guest.takeInterrupts();
        long word = EVENTS + 0x2_0000L * vp + flag / 32 * 4;
        return (memory().getAndBitwiseAndInt(word, ~(1 << flag % 32)) >>> flag % 32 & 1) != 0;
    }

    /** Contact by the newest protocol, with these devices more; numbers are given in their order, from 1 on. */
    void start(VmbusDevice... devices) {
        for (VmbusDevice device : devices) {
            add(device);
        }
        assertEquals(1, contact(0x5_0003, 0).get(8));
        say(Message.REQUEST_OFFERS);
        ByteBuffer heard = hear(0);
        while (heard.getInt(0) == Message.OFFER_CHANNEL) {
            heard = hear(0);
        }
        assertEquals(Message.ALL_OFFERS_DELIVERED, heard.getInt(0));
    }

    /** Where a channel is, by its number. */
    ChannelState.State state(int number) {
        return bus.channels().stream()
                .filter(channel -> channel.number() == number)
                .findFirst()
                .orElseThrow()
                .state();
    }

    /** Takes a device away. */
    void rescind(Channel channel) {
        bus.ask(() -> bus.rescind(channel));
        run();
    }

    @Override
    public void close() {
        bus.disconnect();
        guest.close();
    }
}
