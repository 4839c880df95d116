package hv.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads what a {@link ByteWriter} wrote, and never beyond the payload. Nothing is allocated that is longer than what is
 * left of it. Used by one thread.
 */
final class ByteReader {
    private final ByteBuffer in;

    ByteReader(byte[] payload, int length) {
        in = ByteBuffer.wrap(payload, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    int remaining() {
        return in.remaining();
    }

    int position() {
        return in.position();
    }

    int u8() throws FormatException {
        require(1);
        return Byte.toUnsignedInt(in.get());
    }

    int u16() throws FormatException {
        require(Short.BYTES);
        return Short.toUnsignedInt(in.getShort());
    }

    int u32() throws FormatException {
        require(Integer.BYTES);
        return in.getInt();
    }

    long u64() throws FormatException {
        require(Long.BYTES);
        return in.getLong();
    }

    /** A number of 32 bits within bounds. */
    int u32(String what, int least, int most) throws FormatException {
        int value = u32();
        if (value < least || value > most) {
            throw new FormatException("%s is %d, not %d to %d".formatted(what, value, least, most));
        }
        return value;
    }

    /** A number of 64 bits within bounds. */
    long u64(String what, long least, long most) throws FormatException {
        long value = u64();
        if (value < least || value > most) {
            throw new FormatException("%s is %d, not %d to %d".formatted(what, value, least, most));
        }
        return value;
    }

    /** Printable ASCII. */
    String text(String what, int leastBytes, int mostBytes) throws FormatException {
        int length = u16();
        if (length < leastBytes || length > mostBytes) {
            throw new FormatException(
                    "%s has %d characters, not %d to %d".formatted(what, length, leastBytes, mostBytes));
        }
        byte[] bytes = raw(length);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!isPrintable(text)) {
            throw new FormatException(what + " is not printable");
        }
        return text;
    }

    byte[] bytes() throws FormatException {
        return raw(u32("a length", 0, in.remaining()));
    }

    private byte[] raw(int length) throws FormatException {
        require(length);
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private void require(int bytes) throws FormatException {
        if (bytes > in.remaining()) {
            throw new FormatException("it is shorter than what it holds");
        }
    }

    /** To be called at the end. */
    void finish() throws FormatException {
        if (in.hasRemaining()) {
            throw new FormatException("there are %d bytes behind what it holds".formatted(in.remaining()));
        }
    }

    static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /** With dots for what would disturb a terminal or a log. */
    static String printable(String text) {
        return text.replaceAll("[^ -~]", ".");
    }
}
