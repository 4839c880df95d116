package hv.soak;

import hv.api.HvStatus;
import hv.api.synic.SynicPorts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The host's end of what goes between it and one VP. {@link #received} and {@link #signalled} are called on the VP's
 * thread, {@link #send} and {@link #stop} by the one thread that sends; counts may be read by any.
 */
final class VpLink {
    static final int MESSAGE_CONNECTIONS = 0x100;
    static final int EVENT_CONNECTIONS = 0x200;
    static final int IPI_VECTOR = 0x40;
    static final int MESSAGE_VECTOR = 0x52;
    static final int TIMER_VECTOR = 0x63;
    static final int EVENT_VECTOR = 0x74;

    private static final int MESSAGE_SINT = 2;
    private static final int EVENT_SINT = 4;
    private static final int EVENT_FLAGS = 32;

    // Types of messages from the guest.
    private static final int HELLO = 1;
    private static final int NUMBERED = 2;
    private static final int COUNTS = 3;

    // Types of messages to the guest.
    private static final int NUMBER = 1;
    private static final int STOP = 2;

    /** Not told when a message is in the slot: a restore forgets whom to tell, and the guest says what came. */
    private static final Runnable NOBODY = () -> {};

    private static final int NUMBERED_BYTES = 2 * Long.BYTES;

    /** One message of so many finds no room, so that the guest has to try again. */
    private static final int REFUSE_EVERY = 16;

    private final int vp;
    private final Supplier<SynicPorts> ports;
    private final Consumer<String> violation;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong backPressure = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong flagsSet = new AtomicLong();
    private final AtomicLong signalled = new AtomicLong();
    private final AtomicReference<GuestCounts> counts = new AtomicReference<>();
    private volatile boolean isListening;
    private volatile boolean isStopping;

    /**
     * A link without any traffic yet.
     *
     * @param ports asked each time: who offers them may be replaced meanwhile
     * @param violation is told, in one line, what must not be
     */
    VpLink(int vp, Supplier<SynicPorts> ports, Consumer<String> violation) {
        this.vp = vp;
        this.ports = ports;
        this.violation = violation;
    }

    int vp() {
        return vp;
    }

    /** Lets the guest reach it. */
    void connect() {
        ports.get()
                .connect(
                        MESSAGE_CONNECTIONS + vp, (connection, type, payload, bytes) -> received(type, payload, bytes));
        ports.get().connect(EVENT_CONNECTIONS + vp, connection -> signalled());
    }

    /** A message of the guest; the status that it gets. */
    private int received(int type, byte[] payload, int bytes) {
        switch (type) {
            case HELLO -> {
                isListening = true;
                setNextFlag();
            }
            case NUMBERED -> {
                return numbered(payload, bytes);
            }
            case COUNTS -> {
                check(bytes == GuestCounts.BYTES, "counts of " + bytes + " bytes");
                counts.set(GuestCounts.read(payload));
            }
            default -> check(false, "a message of type " + type);
        }
        return HvStatus.SUCCESS;
    }

    private int numbered(byte[] payload, int bytes) {
        long refusals = refused.get();
        long taken = received.get();
        if ((taken + refusals) % REFUSE_EVERY == REFUSE_EVERY - 1) {
            refused.incrementAndGet();
            return HvStatus.INSUFFICIENT_BUFFERS;
        }
        ByteBuffer from = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        long number = from.getLong();
        check(
                bytes == NUMBERED_BYTES && number == taken && from.getLong() == ~number,
                "message %d arrived as number %d in %d bytes".formatted(taken, number, bytes));
        received.incrementAndGet();
        return HvStatus.SUCCESS;
    }

    /** The guest has seen the flag that was set last. */
    private int signalled() {
        signalled.incrementAndGet();
        if (!isStopping) {
            setNextFlag();
        }
        return HvStatus.SUCCESS;
    }

    private void setNextFlag() {
        int flag = (int) (flagsSet.getAndIncrement() % EVENT_FLAGS);
        int status = ports.get().signalEvent(vp, EVENT_SINT, flag);
        check(status == HvStatus.SUCCESS, "an event flag was not set: " + HvStatus.name(status));
    }

    /**
     * Sends the next message.
     *
     * @return false if there is no room for it now
     */
    boolean send() {
        long number = sent.get();
        byte[] payload = ByteBuffer.allocate(NUMBERED_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .putLong(~number)
                .array();
        if (!post(NUMBER, payload)) {
            return false;
        }
        sent.incrementAndGet();
        return true;
    }

    /**
     * Tells the guest to stop: the last message.
     *
     * @return false if there is no room for it now
     */
    boolean stop() {
        isStopping = true;
        return post(STOP, new byte[0]);
    }

    private boolean post(int type, byte[] payload) {
        int status = ports.get().postMessage(vp, MESSAGE_SINT, type, payload, NOBODY);
        if (status == HvStatus.INSUFFICIENT_BUFFERS) {
            backPressure.incrementAndGet();
            return false;
        }
        check(status == HvStatus.SUCCESS, "a message was not posted: " + HvStatus.name(status));
        return true;
    }

    private void check(boolean isGood, String otherwise) {
        if (!isGood) {
            violation.accept("VP %d: %s".formatted(vp, otherwise));
        }
    }

    /** Whether the guest has said hello. */
    boolean isListening() {
        return isListening;
    }

    /** What the guest has counted; null until it has said so. */
    GuestCounts counts() {
        return counts.get();
    }

    long sent() {
        return sent.get();
    }

    /** How often a message found the queue full. */
    long backPressure() {
        return backPressure.get();
    }

    long received() {
        return received.get();
    }

    long refused() {
        return refused.get();
    }

    long flagsSet() {
        return flagsSet.get();
    }

    long eventsReceived() {
        return signalled.get();
    }
}
