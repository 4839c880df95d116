package hv.vmbus;

import hv.api.vmbus.ChannelOffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * Messages between guest and host: the type word, a word that is 0, and what the type has (Linux: hyperv.h,
 * {@code vmbus_channel_message_type}). Little-endian.
 */
final class Message {
    static final int OFFER_CHANNEL = 1;
    static final int RESCIND_OFFER = 2;
    static final int REQUEST_OFFERS = 3;
    static final int ALL_OFFERS_DELIVERED = 4;
    static final int OPEN_CHANNEL = 5;
    static final int OPEN_RESULT = 6;
    static final int CLOSE_CHANNEL = 7;
    static final int GPADL_HEADER = 8;
    static final int GPADL_BODY = 9;
    static final int GPADL_CREATED = 10;
    static final int GPADL_TEARDOWN = 11;
    static final int GPADL_TORNDOWN = 12;
    static final int RELID_RELEASED = 13;
    static final int INITIATE_CONTACT = 14;
    static final int VERSION_RESPONSE = 15;
    static final int UNLOAD = 16;
    static final int UNLOAD_RESPONSE = 17;
    static final int MODIFY_CHANNEL = 22;
    static final int MODIFY_CHANNEL_RESPONSE = 24;

    static final int SUCCESS = 0;
    static final int FAILURE = 0x8000_FFFF;

    /** Type and the word behind it. */
    static final int HEAD_BYTES = 8;

    private static final int OFFER_BYTES = 196;

    private Message() {}

    /** The shortest that a message of the guest's can be; 0 for a type that no guest sends. */
    static int leastBytes(int type) {
        return switch (type) {
            case REQUEST_OFFERS, UNLOAD -> 8;
            case CLOSE_CHANNEL, RELID_RELEASED -> 12;
            case GPADL_BODY, GPADL_TEARDOWN, MODIFY_CHANNEL -> 16;
            case GPADL_HEADER -> 20;
            case INITIATE_CONTACT -> 40;
            case OPEN_CHANNEL -> 148;
            default -> 0;
        };
    }

    static ByteBuffer of(int type, int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, type);
    }

    /** Words behind the head. */
    static byte[] words(int type, int... words) {
        ByteBuffer message = of(type, HEAD_BYTES + words.length * Integer.BYTES);
        message.position(HEAD_BYTES);
        for (int word : words) {
            message.putInt(word);
        }
        return message.array();
    }

    static byte[] version(boolean isSupported, int word) {
        ByteBuffer message = of(VERSION_RESPONSE, 16);
        message.put(8, (byte) (isSupported ? 1 : 0));
        return message.putInt(12, word).array();
    }

    static byte[] offer(ChannelOffer offer, int number, int connection) {
        ByteBuffer message = of(OFFER_CHANNEL, OFFER_BYTES);
        uuid(message, 8, offer.device());
        uuid(message, 24, offer.instance());
        message.putShort(56, (short) offer.flags());
        message.putInt(60, offer.pipeMode());
        message.putInt(184, number);
        // Every channel has an event connection of its own.
        message.putShort(190, (short) 1);
        return message.putInt(192, connection).array();
    }

    /** A GUID as Windows stores it: the first three fields as little-endian numbers. */
    static void uuid(ByteBuffer to, int at, UUID uuid) {
        long high = uuid.getMostSignificantBits();
        to.putInt(at, (int) (high >>> 32));
        to.putShort(at + 4, (short) (high >>> 16));
        to.putShort(at + 6, (short) high);
        long low = uuid.getLeastSignificantBits();
        for (int i = 0; i < Long.BYTES; i++) {
            to.put(at + 8 + i, (byte) (low >>> (56 - 8 * i)));
        }
    }
}
