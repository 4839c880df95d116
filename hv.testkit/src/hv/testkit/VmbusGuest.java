package hv.testkit;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The guest's half of VMBus on a {@link Guest} with hv-synic and two VPs or more, by MSRs and hypercalls alone and in
 * the order in which Linux does things (drivers/hv). The host's half works on threads of its own: what is waited for is
 * waited for until it is there, at most a minute. One thread.
 */
public final class VmbusGuest {
    /** The version that it asks for. */
    public static final int VERSION = 0x5_0003;

    private static final Duration MOST = Duration.ofMinutes(1);
    private static final long INPUT = 0x5000;
    private static final long SLOT = 0x6200;
    private static final long EVENTS = 0x7200;
    private static final long OF_NEXT_VP = 0x2_0000;
    private static final int POST_MESSAGE = 0x5C;
    private static final int SIGNAL_EVENT = 0x1_005D;
    private static final int CONTACT = 4;
    private static final int MESSAGES = 1;

    private final Guest guest;

    /** What the guest is told of a device. */
    public record Offer(UUID device, UUID instance, int number, int connection) {}

    /** Switches its controllers on. */
    public VmbusGuest(Guest guest) {
        this.guest = guest;
        for (int vp = 0; vp < guest.partition().vpCount(); vp++) {
            guest.wrmsr(vp, 0x4000_0080, 1);
            guest.wrmsr(vp, 0x4000_0082, EVENTS - 0x200 + 1 + OF_NEXT_VP * vp);
            guest.wrmsr(vp, 0x4000_0083, SLOT - 0x200 + 1 + OF_NEXT_VP * vp);
            guest.wrmsr(vp, 0x4000_0092, 0xF3);
        }
    }

    /** Its RAM. */
    public GuestMemory memory() {
        return guest.memory();
    }

    /** A message's head and words. */
    public static ByteBuffer message(int type, int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, type);
    }

    /** HvCallPostMessage; gives the status. */
    public int post(int connection, byte[] message) {
        ByteBuffer input = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        input.putInt(connection).putInt(0).putInt(1).putInt(message.length).put(message);
        memory().write(INPUT, input.array(), 0, 256);
        return (int) guest.hypercall(POST_MESSAGE, INPUT, 0) & 0xFFFF;
    }

    private void say(int type, int... words) {
        ByteBuffer message = message(type, 8 + Integer.BYTES * words.length);
        message.position(8);
        for (int word : words) {
            message.putInt(word);
        }
        say(message.array());
    }

    /** As Linux does, again while the host has no room for it. */
    private void say(byte[] message) {
        await("the host takes a message", () -> post(MESSAGES, message) == 0);
    }

    /** The next message that VP 0 gets; frees the slot as Linux does. */
    public ByteBuffer hear() {
        await("a message", () -> memory().getInt(SLOT) != 0);
        byte[] payload = new byte[memory().getInt(SLOT + 4) & 0xFF];
        memory().read(SLOT + 16, payload, 0, payload.length);
        boolean isPending = (memory().getInt(SLOT + 4) >>> 8 & 1) != 0;
        memory().putIntRelease(SLOT, 0);
        if (isPending) {
            guest.wrmsr(0, 0x4000_0084, 0);
        }
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The next message, which must be of this type. */
    public ByteBuffer hear(int type) {
        ByteBuffer heard = hear();
        if (heard.getInt(0) != type) {
            throw new AssertionError("a message of type %d, and not %d".formatted(heard.getInt(0), type));
        }
        return heard;
    }

    /** Makes contact and gives what the guest is told of. */
    public List<Offer> connect() {
        ByteBuffer contact = message(14, 40).putInt(8, VERSION);
        contact.put(16, (byte) 2);
        await("the host takes a message", () -> post(CONTACT, contact.array()) == 0);
        ByteBuffer answer = hear(15);
        if (answer.get(8) == 0) {
            throw new AssertionError("the bus does not speak 5.3");
        }
        say(3);
        List<Offer> offers = new ArrayList<>();
        ByteBuffer next = hear();
        while (next.getInt(0) == 1) {
            offers.add(new Offer(uuid(next, 8), uuid(next, 24), next.getInt(184), next.getInt(192)));
            next = hear();
        }
        return offers;
    }

    private static UUID uuid(ByteBuffer from, int at) {
        long high = (from.getInt(at) & 0xFFFF_FFFFL) << 32
                | (from.getShort(at + 4) & 0xFFFFL) << 16
                | from.getShort(at + 6) & 0xFFFFL;
        return new UUID(high, Long.reverseBytes(from.getLong(at + 8)));
    }

    /** Describes whole pages from {@code first} on; gives the status. */
    public int gpadl(int channel, int id, int first, int pages) {
        int inHeader = Math.min(pages, 26);
        ByteBuffer header = message(8, 28 + 8 * inHeader).putInt(8, channel).putInt(12, id);
        header.putShort(16, (short) (8 + 8 * pages)).putShort(18, (short) 1).putInt(20, pages * 4096);
        for (int i = 0; i < inHeader; i++) {
            header.putLong(28 + 8 * i, first + i);
        }
        say(header.array());
        for (int done = inHeader; done < pages; ) {
            int some = Math.min(28, pages - done);
            ByteBuffer body = message(9, 16 + 8 * some).putInt(12, id);
            for (int i = 0; i < some; i++) {
                body.putLong(16 + 8 * i, first + done + i);
            }
            say(body.array());
            done += some;
        }
        return hear(10).getInt(16);
    }

    /** Opens a channel on VP 0 with rings of {@code pages} pages each, from page {@code first} on. */
    public VmbusRings open(Offer offer, int first, int pages) {
        VmbusRings rings = new VmbusRings(memory(), this::signal, offer.connection(), first, pages);
        int id = 0xE_1E10 + offer.number();
        require(gpadl(offer.number(), id, first, 2 * pages) == 0, "the pages are taken");
        ByteBuffer open = message(5, 148).putInt(8, offer.number()).putInt(12, offer.number());
        say(open.putInt(16, id).putInt(20, 0).putInt(24, pages).array());
        require(hear(6).getInt(16) == 0, "the channel is open");
        return rings;
    }

    /** Closes a channel, and takes its pages back. */
    public void close(Offer offer) {
        say(7, offer.number());
        say(11, offer.number(), 0xE_1E10 + offer.number());
        hear(12);
    }

    /** The device of this number is gone, and the guest knows. */
    public void release(int number) {
        say(13, number);
    }

    /** Ends the connection. */
    public void unload() {
        say(16);
        while (hear().getInt(0) != 17) {
            // Offers that were under way.
        }
    }

    /** HvCallSignalEvent, fast; gives the status. */
    public int signal(int connection) {
        return (int) guest.hypercall(SIGNAL_EVENT, connection, 0) & 0xFFFF;
    }

    /** Whether the event flag of a channel is set on VP 0; clears it. */
    public boolean takeFlag(int number) {
        guest.takeInterrupts();
        long word = EVENTS + number / 32 * 4;
        return (memory().getAndBitwiseAndInt(word, ~(1 << number % 32)) >>> number % 32 & 1) != 0;
    }

    /** Waits for the next packet. */
    public ByteBuffer receive(VmbusRings rings) {
        ByteBuffer[] packet = new ByteBuffer[1];
        await("a packet", () -> {
            packet[0] = rings.receive();
            return packet[0] != null;
        });
        return packet[0];
    }

    /** Waits for something that the host does, while its VPs go on. */
    public void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + MOST.toNanos();
        guest.takeInterrupts();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + MOST.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(50_000);
            guest.takeInterrupts();
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("not so: " + what);
        }
    }
}
