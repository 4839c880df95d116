package hv.machine.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes ACPI Machine Language, as much of it as a description of devices without methods takes (ACPI 6.5, chapter 20,
 * "AML Grammar Definition"). Every function gives the bytes of one term; terms are put together by giving them to the
 * term around them.
 */
final class Aml {
    private static final int ZERO = 0x00;
    private static final int ONE = 0x01;
    private static final int NAME = 0x08;
    private static final int BYTE = 0x0A;
    private static final int WORD = 0x0B;
    private static final int DWORD = 0x0C;
    private static final int STRING = 0x0D;
    private static final int SCOPE = 0x10;
    private static final int BUFFER = 0x11;
    private static final int PACKAGE = 0x12;
    private static final int EXTENDED = 0x5B;
    private static final int DEVICE = 0x82;
    private static final int ROOT = '\\';
    private static final int SEGMENT_CHARACTERS = 4;

    private Aml() {}

    /** {@code Scope (\name)}: terms in a name space that exists. */
    static byte[] scope(String name, byte[]... terms) {
        return join(bytes(SCOPE), sized(join(bytes(ROOT), segment(name), join(terms))));
    }

    /** {@code Device (name)}. */
    static byte[] device(String name, byte[]... terms) {
        return join(bytes(EXTENDED, DEVICE), sized(join(segment(name), join(terms))));
    }

    /** {@code Name (name, value)}. */
    static byte[] name(String name, byte[] value) {
        return join(bytes(NAME), segment(name), value);
    }

    /** An integer from 0 to 2^32 - 1, in its shortest form. */
    static byte[] integer(long value) {
        if (value == 0) {
            return bytes(ZERO);
        }
        if (value == 1) {
            return bytes(ONE);
        }
        if (value <= 0xFF) {
            return join(bytes(BYTE), little(value, 1));
        }
        return value <= 0xFFFF ? join(bytes(WORD), little(value, 2)) : join(bytes(DWORD), little(value, 4));
    }

    /** ASCII text. */
    static byte[] string(String text) {
        return join(bytes(STRING), text.getBytes(StandardCharsets.US_ASCII), bytes(0));
    }

    /**
     * {@code EisaId (id)}: three capital letters and four hexadecimal digits in 32 bits, big-endian: five bits a
     * letter, then the digits (section 19.6.36).
     */
    static byte[] eisaId(String id) {
        int letters = (id.charAt(0) - '@') << 10 | (id.charAt(1) - '@') << 5 | id.charAt(2) - '@';
        int number = Integer.parseInt(id, 3, id.length(), 16);
        return join(bytes(DWORD), bytes(letters >>> 8, letters & 0xFF, number >>> 8, number & 0xFF));
    }

    /** {@code Package () {elements}}, 255 at most. */
    static byte[] packageOf(byte[]... elements) {
        return join(bytes(PACKAGE), sized(join(bytes(elements.length), join(elements))));
    }

    /**
     * {@code ResourceTemplate () {descriptors}}: a buffer that an end tag closes, without checksum (section 6.4.2.9).
     */
    static byte[] resources(byte[]... descriptors) {
        byte[] all = join(join(descriptors), bytes(0x79, 0));
        return join(bytes(BUFFER), sized(join(integer(all.length), all)));
    }

    /** {@code IO (Decode16, port, port, 1, count)} (section 6.4.2.5). */
    static byte[] ports(int port, int count) {
        return join(bytes(0x47, 1), little(port, 2), little(port, 2), bytes(1, count));
    }

    /** {@code IRQNoFlags () {irq}}: edge-triggered, active high (section 6.4.2.1). */
    static byte[] irq(int irq) {
        return join(bytes(0x22), little(1L << irq, 2));
    }

    /**
     * {@code DWordMemory (..., MinFixed, MaxFixed, NonCacheable, ReadWrite, ...)}: a range that children use
     * (6.4.3.5.2).
     */
    static byte[] memory(long from, long to) {
        return join(
                bytes(0x87, 23, 0, 0, 0x0C, 1),
                little(0, 4),
                little(from, 4),
                little(to - 1, 4),
                little(0, 4),
                little(to - from, 4));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /**
     * Puts a PkgLength in front, which counts itself: one byte up to 63; else a byte with the number of further bytes
     * in bits 7:6 and the lowest four bits of the length in it, and eight bits more in each further byte (section
     * 20.2.4).
     */
    private static byte[] sized(byte[] content) {
        if (content.length + 1 < 64) {
            return join(bytes(content.length + 1), content);
        }
        int further = content.length + 2 < 1 << 12 ? 1 : content.length + 3 < 1 << 20 ? 2 : 3;
        int length = content.length + 1 + further;
        return join(bytes(further << 6 | length & 0xF), little(length >>> 4, further), content);
    }

    /** A name of up to four characters, filled up with underscores. */
    private static byte[] segment(String name) {
        return (name + "_".repeat(SEGMENT_CHARACTERS - name.length())).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] little(long value, int bytes) {
        byte[] little = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            little[i] = (byte) (value >>> 8 * i);
        }
        return little;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
