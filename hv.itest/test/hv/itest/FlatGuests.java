package hv.itest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Guests of a few instructions, as flat images for {@code --kernel}. */
final class FlatGuests {
    /** Where {@link #twin} counts. */
    static final long FIRST = 0x20_0000;

    static final long SECOND = 0xE0_0000;

    private FlatGuests() {}

    /** {@code jmp $}. */
    static byte[] spin() {
        return flat(0xEB, 0xFE);
    }

    /** Adds 1 to a number, then to another one far away, for ever: {@code incq FIRST; incq SECOND; jmp} back. */
    static byte[] twin() {
        return flat(
                0x48, 0xFF, 0x04, 0x25, 0x00, 0x00, 0x20, 0x00, 0x48, 0xFF, 0x04, 0x25, 0x00, 0x00, 0xE0, 0x00, 0xEB,
                0xEE);
    }

    private static byte[] flat(int... code) {
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        image.writeBytes(new byte[] {(byte) 0xEB, 0x0E, 0, 0, 0, 0, 0, 0});
        image.writeBytes("HVFLAT64".getBytes(StandardCharsets.US_ASCII));
        for (int value : code) {
            image.write(value);
        }
        return image.toByteArray();
    }
}
