package hv.api.vmbus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;

/**
 * What the small services have in common that a guest's hv_utils driver answers (heartbeat, shutdown, time): each is
 * a pipe for messages with a head of 28 bytes, on which host and guest first agree on versions, and then the host asks
 * and the guest answers in the same buffer, one request at a time.
 *
 * <p>Implemented by a service's bundle. Every method is called on the thread that serves the channel. A guest that
 * never answers is not waited for: {@link #isReady} and {@link #isAsking} tell.
 */
public abstract class IntegrationService implements VmbusDevice {
    /** Head of pipe and message. */
    private static final int HEAD_BYTES = 28;

    private static final int PIPE_HEAD_BYTES = 8;
    private static final int FRAMEWORK_AT = 8;
    private static final int TYPE_AT = 12;
    private static final int VERSION_AT = 14;
    private static final int SIZE_AT = 18;
    private static final int STATUS_AT = 20;
    private static final int TRANSACTION_AT = 24;
    private static final int FLAGS_AT = 25;
    private static final int NEGOTIATE = 0;
    private static final int FLAG_RESPONSE = 4;

    /** A transaction, and a request. */
    private static final int FLAGS_OF_REQUEST = 3;

    private static final List<Integer> FRAMEWORKS = List.of(0x1_0000, 0x3_0000);

    private final ChannelOffer offer;
    private final int type;
    private final int bodyBytes;
    private final List<Integer> versions;
    private final RingPacket packet;
    private final byte[] message;
    private VmbusChannel channel;
    private int framework;
    private int version;
    private int transaction;
    private boolean isAsking;
    private boolean isUnsent;
    private int length;

    /**
     * One service of one guest.
     *
     * @param kind by which the guest finds its driver
     * @param instance which one it is
     * @param type its number in messages
     * @param bodyBytes of its longest request: the guest answers with as many bytes as it got
     * @param versions of its messages, major in the upper 16 bits; at most 16
     */
    protected IntegrationService(UUID kind, UUID instance, int type, int bodyBytes, List<Integer> versions) {
        int longest = HEAD_BYTES + Math.max(bodyBytes, 8 + Integer.BYTES * (FRAMEWORKS.size() + versions.size()));
        this.type = type;
        this.bodyBytes = bodyBytes;
        this.versions = List.copyOf(versions);
        this.packet = new RingPacket(RingPacket.HEAD_BYTES + longest + Long.BYTES);
        this.message = new byte[longest];
        this.offer = ChannelOffer.ofService(kind, instance, packet.bytes.length);
    }

    /** The guest speaks version {@code spoken} of the service, and may be asked. */
    protected abstract void ready(int spoken);

    /**
     * The guest has answered.
     *
     * @param status what it says about it; 0 is success
     * @param answer the body as it came back, unchecked; valid during the call
     */
    protected abstract void answered(int status, ByteBuffer answer);

    /** The time of {@link #wakeAt} has come, or somebody has woken the channel. */
    protected abstract void due();

    /** The channel is closed. */
    protected abstract void ended();

    @Override
    public final ChannelOffer offer() {
        return offer;
    }

    @Override
    public final void opened(VmbusChannel open) {
        channel = open;
        version = 0;
        isAsking = false;
        ByteBuffer body = ByteBuffer.allocate(8 + Integer.BYTES * (FRAMEWORKS.size() + versions.size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        body.putShort((short) FRAMEWORKS.size())
                .putShort((short) versions.size())
                .putInt(0);
        FRAMEWORKS.forEach(known -> putVersion(body, known));
        versions.forEach(known -> putVersion(body, known));
        send(NEGOTIATE, body.array());
    }

    private static void putVersion(ByteBuffer to, int version) {
        to.putShort((short) (version >>> Short.SIZE)).putShort((short) version);
    }

    /** Whether versions are agreed on. */
    protected final boolean isReady() {
        return version != 0;
    }

    /** Whether the guest owes an answer. */
    protected final boolean isAsking() {
        return isAsking;
    }

    /** Asks the guest; not before {@link #ready}, and not while it owes an answer. */
    protected final void ask(byte[] body) {
        if (!isReady() || isAsking || body.length > bodyBytes) {
            throw new IllegalStateException("%d bytes cannot be asked now".formatted(body.length));
        }
        send(type, body);
    }

    /** Has {@link #due} called at a reference time. */
    protected final void wakeAt(long referenceTime100ns) {
        channel.wakeAt(referenceTime100ns);
    }

    /** The reference time, in units of 100 ns; 0 while the channel is closed. */
    protected final long now100ns() {
        return channel == null ? 0 : channel.referenceTime100ns();
    }

    /**
     * Has {@link #due} called soon, if the channel is open. Any thread may do this through the channel it was given.
     */
    protected final VmbusChannel channel() {
        return channel;
    }

    private void send(int kind, byte[] body) {
        ByteBuffer head = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        transaction = transaction + 1 & 0xFF;
        length = HEAD_BYTES + body.length;
        head.putInt(0, 1).putInt(4, length - PIPE_HEAD_BYTES);
        head.putShort(FRAMEWORK_AT, (short) (framework >>> Short.SIZE)).putShort(FRAMEWORK_AT + 2, (short) framework);
        head.putShort(TYPE_AT, (short) kind);
        head.putShort(VERSION_AT, (short) (version >>> Short.SIZE)).putShort(VERSION_AT + 2, (short) version);
        head.putShort(SIZE_AT, (short) body.length).putInt(STATUS_AT, 0);
        head.put(TRANSACTION_AT, (byte) transaction)
                .put(FLAGS_AT, (byte) FLAGS_OF_REQUEST)
                .putShort(26, (short) 0);
        System.arraycopy(body, 0, message, HEAD_BYTES, body.length);
        isAsking = true;
        isUnsent = true;
        flush();
    }

    /** A request that finds no room is kept; the channel is woken when there is some. */
    private void flush() {
        if (isUnsent) {
            RingWriter out = channel.out();
            isUnsent = out.write(RingPacket.IN_BAND, false, transaction, message, 0, length) == RingWriter.Outcome.FULL;
            if (out.commit()) {
                channel.signal();
            }
        }
    }

    @Override
    public final void woken() {
        flush();
        RingReader in = channel.in();
        do {
            in.begin();
            while (in.next(packet) == RingReader.Outcome.PACKET) {
                take();
            }
            if (in.commit()) {
                channel.signal();
            }
        } while (in.end());
        if (!in.isFaulty()) {
            due();
        }
    }

    /** What cannot be an answer to what was asked is passed over. */
    private void take() {
        int room = packet.payloadBytes();
        if (packet.type() != RingPacket.IN_BAND || room < HEAD_BYTES || !isAsking) {
            return;
        }
        int size = packet.shortAt(SIZE_AT);
        boolean isAnswer = (packet.byteAt(FLAGS_AT) & FLAG_RESPONSE) != 0
                && packet.byteAt(TRANSACTION_AT) == transaction
                && size <= room - HEAD_BYTES;
        int kind = packet.shortAt(TYPE_AT);
        if (!isAnswer || kind != (isReady() ? type : NEGOTIATE)) {
            return;
        }
        isAsking = false;
        byte[] body = new byte[size];
        packet.copy(HEAD_BYTES, body, 0, size);
        ByteBuffer answer = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        if (kind == NEGOTIATE) {
            negotiated(answer);
        } else {
            answered(packet.intAt(STATUS_AT), answer);
        }
    }

    private void negotiated(ByteBuffer answer) {
        boolean isChosen = answer.limit() >= 16 && answer.getShort(0) == 1 && answer.getShort(2) == 1;
        if (!isChosen) {
            // The guest speaks none of them: the service stays silent.
            return;
        }
        int chosenFramework = versionAt(answer, 8);
        int chosen = versionAt(answer, 12);
        if (FRAMEWORKS.contains(chosenFramework) && versions.contains(chosen)) {
            framework = chosenFramework;
            version = chosen;
            ready(chosen);
        }
    }

    private static int versionAt(ByteBuffer from, int at) {
        return from.getShort(at) << Short.SIZE | from.getShort(at + 2) & 0xFFFF;
    }

    @Override
    public final void closed() {
        channel = null;
        version = 0;
        framework = 0;
        isAsking = false;
        isUnsent = false;
        ended();
    }
}
