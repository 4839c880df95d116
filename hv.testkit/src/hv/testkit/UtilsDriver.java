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
        guest.advance100ns(PAUSE_100NS);
        before.run();
        // The host's timers run by the host's clock, which stands still in this guest; a signal makes it look.
        bus.signal(offer.connection());
        ByteBuffer asked = rings.await();
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

    /** Chooses the last framework and the first version of the service. */
    private static void negotiate(ByteBuffer asked) {
        int frameworks = asked.getShort(BODY);
        int framework = asked.getInt(BODY + 8 + 4 * (frameworks - 1));
        int version = asked.getInt(BODY + 8 + 4 * frameworks);
        asked.putShort(BODY, (short) 1).putShort(BODY + 2, (short) 1);
        asked.putInt(BODY + 8, framework).putInt(BODY + 12, version).putShort(SIZE, (short) 16);
    }
}
