package hv.vmbus;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Saved state as one row of numbers and bytes, in pieces that a section takes. One thread. */
final class StateStream {
    private static final int PIECE_BYTES = 60 * 1024;

    /** More than a bus can have to save. */
    private static final int MOST_BYTES = 16 << 20;

    private static final String BYTES = "bytes";
    private static final String PIECE = "piece";

    private StateStream() {}

    /** Collects the row. */
    static final class Writer {
        private final ByteArrayOutputStream all = new ByteArrayOutputStream();
        private final byte[] word = new byte[Long.BYTES];

        Writer put(long value) {
            ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
            all.write(word, 0, word.length);
            return this;
        }

        Writer put(byte[] bytes) {
            put(bytes.length);
            all.write(bytes, 0, bytes.length);
            return this;
        }

        void writeTo(StateWriter out) {
            byte[] whole = all.toByteArray();
            out.put(BYTES, whole.length);
            for (int at = 0, piece = 0; at < whole.length; at += PIECE_BYTES, piece++) {
                byte[] some = new byte[Math.min(PIECE_BYTES, whole.length - at)];
                System.arraycopy(whole, at, some, 0, some.length);
                out.put(PIECE + piece, some);
            }
        }
    }

    /** Gives the row back; it is hostile. */
    static final class Reader {
        private final ByteBuffer all;

        Reader(StateReader in) throws StateException {
            long bytes = in.get(BYTES);
            if (bytes < 0 || bytes > MOST_BYTES) {
                throw new StateException("%d bytes cannot be the state of a bus".formatted(bytes));
            }
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (int piece = 0; whole.size() < bytes; piece++) {
                byte[] some = in.bytes(PIECE + piece);
                if (some.length == 0 || some.length > bytes - whole.size()) {
                    throw new StateException("%s%d has %d bytes".formatted(PIECE, piece, some.length));
                }
                whole.write(some, 0, some.length);
            }
            all = ByteBuffer.wrap(whole.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        }

        long value() throws StateException {
            if (all.remaining() < Long.BYTES) {
                throw new StateException("the state of the bus ends too early");
            }
            return all.getLong();
        }

        int value(String what, int least, int most) throws StateException {
            long value = value();
            if (value < least || value > most) {
                throw new StateException("%s is %d, and must be from %d to %d".formatted(what, value, least, most));
            }
            return (int) value;
        }

        byte[] bytes(int most) throws StateException {
            int length = value("a length", 0, most);
            if (length > all.remaining()) {
                throw new StateException("the state of the bus ends too early");
            }
            byte[] bytes = new byte[length];
            all.get(bytes);
            return bytes;
        }

        void end() throws StateException {
            if (all.hasRemaining()) {
                throw new StateException("the state of the bus has %d bytes too many".formatted(all.remaining()));
            }
        }
    }
}
