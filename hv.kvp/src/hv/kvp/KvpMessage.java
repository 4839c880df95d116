package hv.kvp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The requests of the pairs' protocol, and what is in their answers. Texts are UTF-16 with a NUL behind, in arrays of a
 * fixed size; lengths are in bytes, with that NUL. What a guest has written is taken as far as it is inside its array.
 */
final class KvpMessage {
    /** Of requests about pairs. */
    static final int PAIR_BYTES = 2580;

    /** Of a request about addresses, the longest of all. */
    static final int ADDRESSES_BYTES = 7428;

    /** Values that the host gives. */
    static final int POOL_EXTERNAL = 0;

    /** Values that programs in the guest give. */
    static final int POOL_GUEST = 1;

    /** What the guest's program knows by itself. */
    static final int POOL_AUTO = 2;

    static final int MOST_KEY_CHARS = 254;
    static final int MOST_VALUE_CHARS = 1022;

    private static final byte SET = 1;
    private static final byte DELETE = 2;
    private static final byte ENUMERATE = 3;
    private static final byte GET_ADDRESSES = 4;
    private static final int STRING = 1;
    private static final int NUMBER_32 = 4;
    private static final int NUMBER_64 = 8;
    private static final int NUMBER_64_OF_WINDOWS = 11;
    private static final int KEY_BYTES = 512;
    private static final int VALUE_BYTES = 2048;

    // A set: type, length of the key, length of the value, key, value.
    private static final int SET_AT = 4;

    // An enumeration: the same, behind an index.
    private static final int INDEX_AT = 4;
    private static final int FOUND_AT = 8;
    private static final int KEY_LENGTH = 4;
    private static final int VALUE_LENGTH = 8;
    private static final int KEY = 12;
    private static final int VALUE = KEY + KEY_BYTES;

    // A deletion: length of the key, key.
    private static final int DELETE_AT = 4;

    // Addresses: the adapter's id, and, behind two bytes, a list of addresses.
    private static final int ADAPTER_AT = 2;
    private static final int LIST_AT = 260;
    private static final int LIST_BYTES = 2048;

    private KvpMessage() {}

    /** A pair. */
    record Pair(String key, String value) {}

    /** Gives the guest a value. */
    static byte[] set(String key, String value) {
        ByteBuffer body = body(SET, POOL_EXTERNAL, PAIR_BYTES);
        body.putInt(SET_AT, STRING);
        body.putInt(SET_AT + KEY_LENGTH, put(body, SET_AT + KEY, key));
        body.putInt(SET_AT + VALUE_LENGTH, put(body, SET_AT + VALUE, value));
        return body.array();
    }

    /** Takes one away. */
    static byte[] delete(String key) {
        ByteBuffer body = body(DELETE, POOL_EXTERNAL, PAIR_BYTES);
        body.putInt(DELETE_AT, put(body, DELETE_AT + Integer.BYTES, key));
        return body.array();
    }

    /** Whether this is the body of one of the two. */
    static boolean isWish(byte[] body) {
        return body.length == PAIR_BYTES && (body[0] == SET || body[0] == DELETE) && body[1] == POOL_EXTERNAL;
    }

    /** Asks for the pair number {@code index} of a pool. */
    static byte[] enumerate(int pool, int index) {
        return body(ENUMERATE, pool, PAIR_BYTES).putInt(INDEX_AT, index).array();
    }

    /** Asks for the addresses of an adapter. */
    static byte[] addresses(String adapter) {
        ByteBuffer body = body(GET_ADDRESSES, POOL_EXTERNAL, ADDRESSES_BYTES);
        put(body, ADAPTER_AT, adapter);
        return body.array();
    }

    private static ByteBuffer body(byte operation, int pool, int bytes) {
        return ByteBuffer.allocate(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, operation)
                .put(1, (byte) pool);
    }

    /** Writes a text, behind which there are zeros; gives its length in bytes with one of them. */
    private static int put(ByteBuffer body, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_16LE);
        body.put(at, bytes);
        return bytes.length + Character.BYTES;
    }

    /** The pair in the answer to an enumeration; empty if there is none. */
    static Optional<Pair> pair(ByteBuffer answer) {
        if (answer.limit() < PAIR_BYTES) {
            return Optional.empty();
        }
        String key = text(answer, FOUND_AT + KEY, answer.getInt(FOUND_AT + KEY_LENGTH), KEY_BYTES);
        int at = FOUND_AT + VALUE;
        String value = switch (answer.getInt(FOUND_AT)) {
            case NUMBER_32 -> Integer.toUnsignedString(answer.getInt(at));
            case NUMBER_64, NUMBER_64_OF_WINDOWS -> Long.toUnsignedString(answer.getLong(at));
            default -> text(answer, at, answer.getInt(FOUND_AT + VALUE_LENGTH), VALUE_BYTES);
        };
        return key.isEmpty() ? Optional.empty() : Optional.of(new Pair(key, value));
    }

    /** The list in the answer about addresses; empty if there is none. */
    static Optional<String> addressList(ByteBuffer answer) {
        return answer.limit() < ADDRESSES_BYTES
                ? Optional.empty()
                : Optional.of(text(answer, LIST_AT, LIST_BYTES, LIST_BYTES));
    }

    /** The text in an array, which ends at the first NUL, at the length that the guest says, or with the array. */
    private static String text(ByteBuffer from, int at, int said, int most) {
        int length = Math.max(0, Math.min(said, most)) / Character.BYTES;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            char next = from.getChar(at + Character.BYTES * i);
            if (next == 0) {
                break;
            }
            text.append(next);
        }
        return text.toString();
    }
}
