package hv.netvsc;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The guest's questions to its adapter, and the answers that wait until there is a section for them. A guest that asks
 * without an end and takes no answers gets no more of them. One thread.
 */
final class Control {
    private static final int MOST_WAITING = 32;
    private static final int MOST_VALUE_BYTES = 256;
    private static final int QUERY_VALUE_LENGTH_AT = 16;
    private static final int QUERY_VALUE_OFFSET_AT = 20;
    private static final int REQUEST_AT = 8;
    private static final int OID_AT = 12;
    private static final int LEAST_QUERY_BYTES = 28;
    private static final int OID_MEDIA_STATE = 0x1_0114;

    private final Adapter adapter;
    private final Deque<byte[]> answers = new ArrayDeque<>();
    private boolean isInitialized;

    /** What the guest knows of its cable. */
    private boolean isToldUp;

    Control(Adapter adapter) {
        this.adapter = adapter;
    }

    void reset() {
        answers.clear();
        isInitialized = false;
        isToldUp = false;
    }

    /** Whether the guest has begun with the adapter. */
    boolean isInitialized() {
        return isInitialized;
    }

    /** The next answer; null if there is none. */
    byte[] peek() {
        return answers.peek();
    }

    /** That one is told. */
    void remove() {
        answers.remove();
    }

    /** Tells the guest of its cable, if it does not know. */
    void tell(boolean isUp) {
        if (isInitialized && isUp != isToldUp && answers.size() < MOST_WAITING) {
            answers.add(Rndis.indicate(isUp ? Rndis.CONNECTED : Rndis.DISCONNECTED));
            isToldUp = isUp;
        }
    }

    /** Takes a question that is all there; false if that is none, or no answer to it can wait. */
    boolean take(byte[] question, int length, boolean isUp) {
        ByteBuffer in = ByteBuffer.wrap(question, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        int type = in.getInt(0);
        if (type == Rndis.HALT) {
            isInitialized = false;
            adapter.quiet();
            return true;
        }
        if (answers.size() >= MOST_WAITING || length < REQUEST_AT + Integer.BYTES) {
            return false;
        }
        int request = in.getInt(REQUEST_AT);
        switch (type) {
            case Rndis.INIT -> {
                isInitialized = true;
                isToldUp = isUp;
                answers.add(Rndis.initAnswer(request));
            }
            case Rndis.KEEP_ALIVE -> answers.add(Rndis.answer(type, request, Rndis.STATUS_SUCCESS));
            case Rndis.RESET -> answers.add(Rndis.resetAnswer());
            case Rndis.QUERY -> answers.add(query(in, request, isUp));
            case Rndis.SET -> answers.add(Rndis.answer(type, request, set(in)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private byte[] query(ByteBuffer in, int request, boolean isUp) {
        byte[] asked = value(in).orElse(null);
        if (asked == null) {
            return Rndis.queryAnswer(request, Rndis.STATUS_INVALID_DATA, new byte[0]);
        }
        int oid = in.getInt(OID_AT);
        if (oid == OID_MEDIA_STATE) {
            isToldUp = isUp;
        }
        return adapter.query(oid, isUp, asked)
                .map(value -> Rndis.queryAnswer(request, Rndis.STATUS_SUCCESS, value))
                .orElseGet(() -> Rndis.queryAnswer(request, Rndis.STATUS_NOT_SUPPORTED, new byte[0]));
    }

    private int set(ByteBuffer in) {
        return value(in).map(value -> adapter.set(in.getInt(OID_AT), value)).orElse(Rndis.STATUS_INVALID_DATA);
    }

    /** The value of a question; empty if it is not in it. */
    private static Optional<byte[]> value(ByteBuffer in) {
        if (in.limit() < LEAST_QUERY_BYTES) {
            return Optional.empty();
        }
        int length = in.getInt(QUERY_VALUE_LENGTH_AT);
        int offset = in.getInt(QUERY_VALUE_OFFSET_AT);
        int room = in.limit() - Rndis.HEAD_BYTES;
        if (length == 0) {
            return Optional.of(new byte[0]);
        }
        if (length < 0 || length > MOST_VALUE_BYTES || offset < 0 || offset > room - length) {
            return Optional.empty();
        }
        byte[] value = new byte[length];
        in.get(Rndis.HEAD_BYTES + offset, value);
        return Optional.of(value);
    }

    void save(StateWriter out) {
        out.put("initialized", isInitialized ? 1 : 0);
        out.put("told.up", isToldUp ? 1 : 0);
        int bytes = answers.stream().mapToInt(one -> Integer.BYTES + one.length).sum();
        ByteBuffer all = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        answers.forEach(one -> all.putInt(one.length).put(one));
        out.put("answers", all.array());
    }

    void restore(StateReader in) throws StateException {
        long initialized = in.get("initialized");
        long told = in.get("told.up");
        if (initialized >>> 1 != 0 || told >>> 1 != 0) {
            throw new StateException("initialized is %d and told.up %d".formatted(initialized, told));
        }
        ByteBuffer all = ByteBuffer.wrap(in.bytes("answers")).order(ByteOrder.LITTLE_ENDIAN);
        Deque<byte[]> saved = new ArrayDeque<>();
        while (all.hasRemaining()) {
            int length = all.remaining() < Integer.BYTES ? 0 : all.getInt();
            if (length < Rndis.HEAD_BYTES
                    || length > Rndis.MOST_CONTROL_BYTES
                    || length > all.remaining()
                    || saved.size() == MOST_WAITING) {
                throw new StateException("answers has one of %d bytes".formatted(length));
            }
            byte[] answer = new byte[length];
            all.get(answer);
            saved.add(answer);
        }
        isInitialized = initialized == 1;
        isToldUp = told == 1;
        answers.clear();
        answers.addAll(saved);
    }
}
