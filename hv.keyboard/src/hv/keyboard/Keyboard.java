package hv.keyboard;

import hv.api.StateException;
import hv.api.device.GuestKeyboard;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A guest's keyboard.
 *
 * <p>What the guest sees: a device of kind f912ad6d-2b17-48ea-bd65-f927a61c7684, for which Linux has hyperv-keyboard,
 * which makes a serial port of it that the driver for usual keyboards (atkbd) reads. The guest asks for a version of
 * the protocol, of which there is one, 1.0, and is told whether it can have it; after that each key that goes down or
 * up is a message with its scan code of set 1. It wants a completion for its question, and takes the answer for it.
 *
 * <p>Keys that find no room in the ring wait, 64 at most, and are told in their order. Who follows has them too.
 */
final class Keyboard implements VmbusDevice, GuestKeyboard {
    private static final UUID KIND = UUID.fromString("f912ad6d-2b17-48ea-bd65-f927a61c7684");
    private static final UUID INSTANCE = UUID.fromString("d34b2567-b9b6-42b9-8778-0a4ec0b955bf");
    private static final int MOST_PACKET_BYTES = 256;
    private static final int MOST_WAITING = 64;

    /** A guest that writes without an end does not keep the thread from others. */
    private static final int PACKETS_AT_A_TIME = 64;

    private static final int VERSION = 0x1_0000;
    private static final int PROTOCOL_REQUEST = 1;
    private static final int PROTOCOL_RESPONSE = 2;
    private static final int LEDS = 4;
    private static final int MESSAGE_BYTES = 8;

    // What the guest is told about the protocol; in a saved state, whether that is owed.
    private static final int REFUSED = 0;
    private static final int ACCEPTED = 1;
    private static final int NOTHING = 2;

    private final ArrayBlockingQueue<Stroke> strokes = new ArrayBlockingQueue<>(MOST_WAITING);

    /** The channel while the guest's driver listens. */
    private final AtomicReference<VmbusChannel> listening = new AtomicReference<>();

    private final RingPacket packet = new RingPacket(MOST_PACKET_BYTES);
    private VmbusChannel channel;
    private boolean isAccepted;
    private int owed = NOTHING;
    private volatile int leds;

    @Override
    public ChannelOffer offer() {
        return new ChannelOffer(KIND, INSTANCE, ChannelOffer.INTERFACE, 0, MOST_PACKET_BYTES);
    }

    @Override
    public boolean isPossible() {
        return listening.get() != null;
    }

    @Override
    public boolean key(int scanCode, boolean isExtended, boolean isPressed) {
        Stroke stroke = Stroke.of(scanCode, isExtended, isPressed);
        if (!stroke.isPossible()) {
            throw new IllegalArgumentException("scan codes are from 1 to 0x7F, and not 0x%x".formatted(scanCode));
        }
        VmbusChannel open = listening.get();
        if (open == null || !strokes.offer(stroke)) {
            return false;
        }
        if (listening.get() == null && strokes.remove(stroke)) {
            // Closed meanwhile: the key is not for whoever opens the channel next.
            return false;
        }
        open.wake();
        return true;
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("driver", isPossible() ? "listens" : "none", "leds", String.valueOf(leds));
    }

    @Override
    public void opened(VmbusChannel open) {
        closed();
        channel = open;
    }

    @Override
    public void resumed(VmbusChannel open) {
        channel = open;
        listening.set(isAccepted ? open : null);
    }

    @Override
    public void woken() {
        RingReader in = channel.in();
        int left = PACKETS_AT_A_TIME;
        do {
            in.begin();
            while (left > 0 && in.next(packet) == RingReader.Outcome.PACKET) {
                left--;
                take();
            }
            if (in.commit()) {
                channel.signal();
            }
        } while (in.end() && left > 0);
        if (left == 0) {
            channel.wake();
        }
        tell();
    }

    /** What is not known is passed over. Of several questions that wait for room the last one is answered. */
    private void take() {
        if (packet.type() != RingPacket.IN_BAND || packet.payloadBytes() < MESSAGE_BYTES) {
            return;
        }
        switch (packet.intAt(0)) {
            case PROTOCOL_REQUEST -> {
                isAccepted = packet.intAt(Integer.BYTES) == VERSION;
                owed = isAccepted ? ACCEPTED : REFUSED;
            }
            case LEDS -> leds = packet.intAt(Integer.BYTES) & 0xFF;
            default -> {
                // A later protocol's.
            }
        }
    }

    private void tell() {
        RingWriter out = channel.out();
        if (owed != NOTHING && write(out, response(owed))) {
            owed = NOTHING;
        }
        if (owed == NOTHING) {
            listening.set(isAccepted ? channel : null);
            for (Stroke next = strokes.peek(); next != null && write(out, next.message()); next = strokes.peek()) {
                strokes.remove();
            }
        }
        if (out.commit()) {
            channel.signal();
        }
    }

    private static boolean write(RingWriter out, byte[] message) {
        return out.write(RingPacket.IN_BAND, false, 0, message, 0, message.length) == RingWriter.Outcome.WRITTEN;
    }

    private static byte[] response(int status) {
        return ByteBuffer.allocate(MESSAGE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(PROTOCOL_RESPONSE)
                .putInt(status)
                .array();
    }

    @Override
    public void save(StateWriter out) {
        out.put("accepted", isAccepted ? 1 : 0);
        out.put("owed", owed);
        List<Stroke> waiting = new ArrayList<>(strokes);
        ByteBuffer bytes = ByteBuffer.allocate(waiting.size() * Stroke.SAVED_BYTES);
        waiting.forEach(stroke -> bytes.put((byte) stroke.code()).put((byte) stroke.flags()));
        out.put("strokes", bytes.array());
    }

    @Override
    public void restore(StateReader in) throws StateException {
        long accepted = in.get("accepted");
        long answer = in.get("owed");
        boolean isKnown = accepted >>> 1 == 0
                && (answer == NOTHING || answer == accepted && (answer == REFUSED || answer == ACCEPTED));
        if (!isKnown) {
            throw new StateException("accepted is %d and owed is %d".formatted(accepted, answer));
        }
        byte[] bytes = in.bytes("strokes");
        if (bytes.length % Stroke.SAVED_BYTES != 0 || bytes.length > MOST_WAITING * Stroke.SAVED_BYTES) {
            throw new StateException("strokes has %d bytes".formatted(bytes.length));
        }
        List<Stroke> waiting = new ArrayList<>();
        for (int i = 0; i < bytes.length; i += Stroke.SAVED_BYTES) {
            Stroke stroke = new Stroke(bytes[i], bytes[i + 1]);
            if (!stroke.isPossible()) {
                throw new StateException("strokes has 0x%x 0x%x, which is no key".formatted(bytes[i], bytes[i + 1]));
            }
            waiting.add(stroke);
        }
        isAccepted = accepted == 1;
        owed = (int) answer;
        strokes.clear();
        strokes.addAll(waiting);
    }

    @Override
    public void left() {
        listening.set(null);
        strokes.clear();
    }

    @Override
    public void closed() {
        listening.set(null);
        strokes.clear();
        channel = null;
        isAccepted = false;
        owed = NOTHING;
        leds = 0;
    }
}
