package hv.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The payload of a frame as it is put together: little-endian numbers and strings. Used by one thread. */
final class ByteWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ByteWriter u8(int value) {
        out.write(value);
        return this;
    }

    ByteWriter u16(int value) {
        return u8(value).u8(value >>> 8);
    }

    ByteWriter u32(int value) {
        return u16(value).u16(value >>> 16);
    }

    ByteWriter u64(long value) {
        return u32((int) value).u32((int) (value >>> 32));
    }

    /** Length in 16 bits, then the characters. */
    ByteWriter text(String text, int mostBytes) throws FormatException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > mostBytes || !ByteReader.isPrintable(text)) {
            throw new FormatException("'%s' is too long or not printable".formatted(ByteReader.printable(text)));
        }
        u16(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    /** Length in 32 bits, then the bytes. */
    ByteWriter bytes(byte[] bytes) {
        u32(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    byte[] toArray() {
        return out.toByteArray();
    }
}
