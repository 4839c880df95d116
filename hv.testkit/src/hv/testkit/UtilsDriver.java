package hv.testkit;

import java.nio.ByteBuffer;

/**
 * The driver of a small service, as Linux has it (drivers/hv/hv_util.c): it answers each question in the buffer that it
 * got. One thread.
 */
public final class UtilsDriver implements GuestDriver {
    private static final int HEAD = 16;
    private static final int TYPE = HEAD + 12;
    private static final int SIZE = HEAD + 18;
    private static final int FLAGS = HEAD + 25;
    private static final int BODY = HEAD + 28;
    private static final int NEGOTIATE = 0;
    private static final int HEARTBEAT = 1;

    /** Longer than any service waits before it asks again. */
    private static final long PAUSE_100NS = 310_000_000;

    /** So many looks for a packet, and time is moved on. */
    private static final int LOOKS_BETWEEN = 2_000;

    private final Guest guest;
    private final VmbusGuest bus;
    private final VmbusGuest.Offer offer;
    private final VmbusRings rings;
    private final Runnable before;

    /** @param before has the host ask something, if the device does not do so by itself */
    public UtilsDriver(Guest guest, VmbusGuest bus, VmbusGuest.Offer offer, VmbusRings rings, Runnable before) {
        this.guest = guest;
        this.bus = bus;
        this.offer = offer;
        this.rings = rings;
        this.before = before;
    }

    @Override
    public String exchange() {
        before.run();
        ByteBuffer asked = asked();
        int type = asked.getShort(TYPE);
        int size = asked.getShort(SIZE) & 0xFFFF;
        if (type == NEGOTIATE) {
            negotiate(asked);
        } else if (type == HEARTBEAT) {
            asked.putLong(BODY, asked.getLong(BODY) + 1);
        }
        asked.put(FLAGS, (byte) 5);
        byte[] payload = new byte[asked.capacity() - HEAD];
        asked.get(HEAD, payload);
        rings.send(asked.getLong(8), false, payload);
        return "type %d, %d bytes".formatted(type, size);
    }

    /**
     * The next question. The host's timers run by the guest's reference time, which stands still in this guest unless
     * it is moved, and a signal makes the host look. The device may see the last answer only now, and begin to wait
     * then: so time is moved again and again.
     */
    private ByteBuffer asked() {
        ByteBuffer[] packet = new ByteBuffer[1];
        int[] looks = new int[1];
        bus.await("a question", () -> {
            packet[0] = rings.receive();
            if (packet[0] == null && looks[0]++ % LOOKS_BETWEEN == 0) {
                guest.advance100ns(PAUSE_100NS);
                bus.signal(offer.connection());
            }
            return packet[0] != null;
        });
        return packet[0];
    }

    /** Chooses the last framework and the first version of the service. */
    private static void negotiate(ByteBuffer asked) {
        int frameworks = asked.getShort(BODY);
        int framework = asked.getInt(BODY + 8 + 4 * (frameworks - 1));
        int version = asked.getInt(BODY + 8 + 4 * frameworks);
        asked.putShort(BODY, (short) 1).putShort(BODY + 2, (short) 1);
        asked.putInt(BODY + 8, framework).putInt(BODY + 12, version).putShort(SIZE, (short) 16);
    }
}
