package hv.api.vmbus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * The messages of the integration services: what stands in front of every one (the head of a pipe's message, 8 bytes,
 * and that of the service, 20), and the question about versions. Used by {@link IntegrationService}; no state.
 */
final class ServiceMessage {
    static final int HEAD_BYTES = 28;

    /** The type of the question about versions, and of its answer. */
    static final int NEGOTIATE = 0;

    private static final int PIPE_HEAD_BYTES = 8;
    private static final int PIPE_DATA = 1;
    private static final int FRAMEWORK_AT = 8;
    private static final int TYPE_AT = 12;
    private static final int VERSION_AT = 14;
    private static final int SIZE_AT = 18;
    private static final int STATUS_AT = 20;
    private static final int TRANSACTION_AT = 24;
    private static final int FLAGS_AT = 25;

    /** A transaction, and a request. */
    private static final int FLAGS_OF_REQUEST = 3;

    private static final int FLAG_RESPONSE = 4;

    /** Before the versions, in the body of a question about them: two counts, and nothing. */
    private static final int COUNTS_BYTES = 8;

    private ServiceMessage() {}

    /** An answer as the guest has sent it, copied and with lengths that fit each other; all else is unchecked. */
    record Answer(int type, int status, int transaction, byte[] body) {}

    /** What the guest has chosen, major in the upper 16 bits. */
    record Choice(int framework, int version) {}

    /** A request. */
    static byte[] request(int framework, int version, int type, int transaction, byte[] body) {
        ByteBuffer message = ByteBuffer.allocate(HEAD_BYTES + body.length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(PIPE_DATA).putInt(message.capacity() - PIPE_HEAD_BYTES);
        putVersion(message.position(FRAMEWORK_AT), framework);
        message.putShort(TYPE_AT, (short) type);
        putVersion(message.position(VERSION_AT), version);
        message.putShort(SIZE_AT, (short) body.length);
        message.put(TRANSACTION_AT, (byte) transaction).put(FLAGS_AT, (byte) FLAGS_OF_REQUEST);
        message.position(HEAD_BYTES).put(body);
        return message.array();
    }

    /** The body of the question which of these versions the guest speaks. */
    static byte[] question(List<Integer> frameworks, List<Integer> versions) {
        ByteBuffer body = ByteBuffer.allocate(questionBytes(frameworks.size() + versions.size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        body.putShort((short) frameworks.size())
                .putShort((short) versions.size())
                .putInt(0);
        frameworks.forEach(known -> putVersion(body, known));
        versions.forEach(known -> putVersion(body, known));
        return body.array();
    }

    /** How long the body of that question is. */
    static int questionBytes(int versions) {
        return COUNTS_BYTES + Integer.BYTES * versions;
    }

    private static void putVersion(ByteBuffer to, int version) {
        to.putShort((short) (version >>> Short.SIZE)).putShort((short) version);
    }

    /** What a packet holds; empty if it is no answer, or its length says more than there is. */
    static Optional<Answer> answer(RingPacket packet) {
        int room = packet.payloadBytes() - HEAD_BYTES;
        if (packet.type() != RingPacket.IN_BAND || room < 0) {
            return Optional.empty();
        }
        int size = packet.shortAt(SIZE_AT);
        if ((packet.byteAt(FLAGS_AT) & FLAG_RESPONSE) == 0 || size > room) {
            return Optional.empty();
        }
        byte[] body = new byte[size];
        packet.copy(HEAD_BYTES, body, 0, size);
        return Optional.of(
                new Answer(packet.shortAt(TYPE_AT), packet.intAt(STATUS_AT), packet.byteAt(TRANSACTION_AT), body));
    }

    /** What the guest has chosen; empty if it speaks none of them. */
    static Optional<Choice> choice(byte[] body) {
        ByteBuffer answer = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        boolean isOneOfEach = body.length >= questionBytes(2) && answer.getShort(0) == 1 && answer.getShort(2) == 1;
        return isOneOfEach
                ? Optional.of(
                        new Choice(versionAt(answer, COUNTS_BYTES), versionAt(answer, COUNTS_BYTES + Integer.BYTES)))
                : Optional.empty();
    }

    private static int versionAt(ByteBuffer from, int at) {
        return from.getShort(at) << Short.SIZE | from.getShort(at + 2) & 0xFFFF;
    }
}
