package hv.storvsc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * What an NBD server sends: simple replies, and structured ones in chunks. Everything is checked against the request
 * that it is said to be for; what does not fit ends the connection. One thread at a time.
 */
final class NbdReplies {
    private static final int SIMPLE_MAGIC = 0x6744_6698;
    private static final int STRUCTURED_MAGIC = 0x668E_33EF;
    private static final int CHUNK_DONE = 1;
    private static final int CHUNK_NONE = 0;
    private static final int CHUNK_DATA = 1;
    private static final int CHUNK_HOLE = 2;
    private static final int CHUNK_ERROR = 0x8000;
    private static final int MOST_TEXT = 1 << 16;
    private static final int COPIED_BYTES = 1 << 17;

    private final SocketChannel channel;
    private final boolean isStructured;
    private final ByteBuffer head = ByteBuffer.allocate(32);
    private final byte[] copy = new byte[COPIED_BYTES];

    NbdReplies(SocketChannel channel, boolean isStructured) {
        this.channel = channel;
        this.isStructured = isStructured;
    }

    /** The requests that wait. */
    interface Calls {
        /** Null if none does with this cookie. */
        NbdCall waiting(long cookie);

        /** One is done. */
        void done(long cookie, NbdCall call, int error);
    }

    /** One reply, or one chunk of one. By one thread at a time. */
    void next(Calls calls) throws IOException {
        read(4);
        int magic = head.getInt(0);
        if (magic == SIMPLE_MAGIC) {
            read(12);
            NbdCall call = waiting(calls, head.getLong(4));
            int error = head.getInt(0);
            if (error == 0 && call.command == NbdCall.READ) {
                data(call, call.at, call.length);
            }
            done(calls, head.getLong(4), call, error);
        } else if (magic == STRUCTURED_MAGIC && isStructured) {
            chunk(calls);
        } else {
            throw new IOException("the NBD server's reply cannot be understood");
        }
    }

    private void chunk(Calls calls) throws IOException {
        read(16);
        int flags = head.getShort(0);
        int type = head.getShort(2) & 0xFFFF;
        long cookie = head.getLong(4);
        long length = head.getInt(12) & 0xFFFF_FFFFL;
        NbdCall call = waiting(calls, cookie);
        int error = call.error;
        if (type == CHUNK_DATA && length >= Long.BYTES) {
            read(Long.BYTES);
            data(call, head.getLong(0), length - Long.BYTES);
        } else if (type == CHUNK_HOLE && length == 12) {
            read(12);
            long position = head.getLong(0);
            long bytes = head.getInt(8) & 0xFFFF_FFFFL;
            require(call.expects(position, bytes));
            call.hole(position, (int) bytes);
        } else if ((type & CHUNK_ERROR) != 0 && length >= 6 && length <= MOST_TEXT) {
            read(4);
            int told = head.getInt(0);
            error = told == 0 ? 5 : told;
            skip((int) length - 4);
        } else {
            require(type == CHUNK_NONE && length == 0);
        }
        call.error = error;
        if ((flags & CHUNK_DONE) != 0) {
            done(calls, cookie, call, error);
        }
    }

    private static void require(boolean isSo) throws IOException {
        if (!isSo) {
            throw new IOException("the NBD server's reply does not fit the request");
        }
    }

    private void data(NbdCall call, long position, long bytes) throws IOException {
        require(call.expects(position, bytes));
        for (long done = 0; done < bytes; ) {
            int some = (int) Math.min(copy.length, bytes - done);
            fill(ByteBuffer.wrap(copy, 0, some));
            call.data(position + done, copy, some);
            done += some;
        }
    }

    private void skip(int bytes) throws IOException {
        fill(ByteBuffer.allocate(bytes));
    }

    private void read(int bytes) throws IOException {
        head.clear().limit(bytes);
        fill(head);
    }

    private void fill(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new EOFException("the NBD server has closed the connection");
            }
        }
    }

    private static NbdCall waiting(Calls calls, long cookie) throws IOException {
        NbdCall call = calls.waiting(cookie);
        require(call != null);
        return call;
    }

    private static void done(Calls calls, long cookie, NbdCall call, int error) throws IOException {
        require(error != 0 || call.isWhole());
        calls.done(cookie, call, error);
    }
}
