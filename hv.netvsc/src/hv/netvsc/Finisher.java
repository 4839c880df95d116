package hv.netvsc;

import java.nio.ByteBuffer;

/**
 * Does what a guest leaves to its adapter, for links that cannot: writes frames behind their lengths, with all sums,
 * and a large segment of TCP as as many frames as it takes. The bytes are copied once and then summed where they are.
 * No state.
 */
final class Finisher {
    /** So much room has to be there for a guest's packet: its bytes, and heads and a length for each frame. */
    static final int MOST_BYTES = Pieces.MOST_BYTES
            + (Pieces.MOST_BYTES / Frame.LEAST_SEGMENT + 64) * (Integer.BYTES + Frame.MOST_HEAD_BYTES);

    private static final int SEQUENCE_AT = 4;
    private static final int FLAGS_AT = 13;
    private static final int FIN_AND_PUSH = 0x9;
    private static final int CONGESTION_REDUCED = 0x80;

    private Finisher() {}

    /** Writes a frame to the buffer's position, which has {@link #MOST_BYTES} of room before a guest's packet. */
    static void put(Frame frame, ByteBuffer out) {
        if (frame.segmentBytes() == 0) {
            putOne(frame, frame.restAt(), frame.restBytes(), out);
            return;
        }
        int at = frame.transportAt();
        int sequence = frame.head().getInt(at + SEQUENCE_AT);
        int flags = frame.head().get(at + FLAGS_AT) & 0xFF;
        int done = 0;
        int number = 0;
        do {
            int bytes = Math.min(frame.segmentBytes(), frame.restBytes() - done);
            boolean isLast = done + bytes == frame.restBytes();
            // What ends a stream is in the last one only, what answers a congestion in the first.
            int own = flags & ~((isLast ? 0 : FIN_AND_PUSH) | (number == 0 ? 0 : CONGESTION_REDUCED));
            frame.segment(bytes, number++, sequence + done, own);
            putOne(frame, frame.restAt() + done, bytes, out);
            done += bytes;
        } while (done < frame.restBytes());
    }

    private static void putOne(Frame frame, int restAt, int restBytes, ByteBuffer out) {
        out.putInt(frame.headBytes() + restBytes);
        int at = out.position();
        out.put(frame.head().array(), 0, frame.headBytes());
        frame.packet().read(restAt, restBytes, out);
        if (frame.isSummed()) {
            int transport = at + frame.transportAt();
            // The sum of the pseudo header is where this one goes.
            short sum = Checksums.complement(Checksums.sum(out, transport, frame.transportBytes()));
            out.putShort(transport + frame.checksumOffset(), sum == 0 && !frame.isTcp() ? (short) -1 : sum);
        }
    }
}
