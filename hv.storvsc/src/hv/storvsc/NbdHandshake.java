package hv.storvsc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * How an NBD connection begins ("fixed newstyle", doc/proto.md of the NBD project): the server says what it is, the
 * client asks for structured replies and then for an export, and is told its size and what can be done with it. Used
 * once; what the server sends is bounded and checked.
 */
final class NbdHandshake {
    private static final long MAGIC = 0x4E42_444D_4147_4943L;
    private static final long OPTION_MAGIC = 0x4948_4156_454F_5054L;
    private static final long REPLY_MAGIC = 0x0003_E889_0455_65A9L;
    private static final int FIXED_NEWSTYLE = 1;
    private static final int NO_ZEROES = 2;
    private static final int OPTION_GO = 7;
    private static final int OPTION_STRUCTURED_REPLY = 8;
    private static final int ACK = 1;
    private static final int INFO = 3;
    private static final int ERROR = 0x8000_0000;
    private static final int INFO_EXPORT = 0;
    private static final int INFO_BLOCK_SIZE = 3;
    private static final int MOST_REPLY_BYTES = 1 << 16;
    private static final int MOST_REPLIES = 64;
    private static final int LEAST_MOST_BYTES = 4096;

    private final SocketChannel channel;
    private long bytes = -1;
    private int flags;
    private int mostBytes = GuestBuffer.MOST_BYTES;

    private NbdHandshake(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * What the server says.
     *
     * @param bytes size of the export
     * @param flags what can be done with it
     * @param isStructured whether it answers in structured replies
     * @param mostBytes the most that one request may move
     */
    record Export(long bytes, int flags, boolean isStructured, int mostBytes) {
        private static final int READ_ONLY = 2;
        private static final int FLUSH = 4;
        private static final int FUA = 8;
        private static final int TRIM = 0x20;
        private static final int WRITE_ZEROES = 0x40;
        private static final int MULTI_CONN = 0x100;

        boolean isReadOnly() {
            return (flags & READ_ONLY) != 0;
        }

        boolean canFlush() {
            return (flags & FLUSH) != 0;
        }

        boolean canBeDurable() {
            return (flags & FUA) != 0;
        }

        boolean canTrim() {
            return (flags & TRIM) != 0;
        }

        boolean canZero() {
            return (flags & WRITE_ZEROES) != 0;
        }

        /** Whether a flush on one connection is one for all of them. */
        boolean hasSeveralConnections() {
            return (flags & MULTI_CONN) != 0;
        }
    }

    /**
     * Begins.
     *
     * @throws IOException in one line if the server does not give the export
     */
    static Export begin(SocketChannel channel, String export) throws IOException {
        return new NbdHandshake(channel).begin(export);
    }

    private Export begin(String export) throws IOException {
        ByteBuffer hello = receive(18);
        int offered = hello.getShort(16);
        if (hello.getLong(0) != MAGIC || hello.getLong(8) != OPTION_MAGIC || (offered & FIXED_NEWSTYLE) == 0) {
            throw new IOException("what listens there is no NBD server of this protocol");
        }
        send(ByteBuffer.allocate(4).putInt(FIXED_NEWSTYLE | offered & NO_ZEROES));
        option(OPTION_STRUCTURED_REPLY, new byte[0]);
        boolean isStructured = reply(OPTION_STRUCTURED_REPLY) == ACK;
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        ByteBuffer wish = ByteBuffer.allocate(4 + name.length + 4);
        wish.putInt(name.length).put(name).putShort((short) 1).putShort((short) INFO_BLOCK_SIZE);
        option(OPTION_GO, wish.array());
        int type = INFO;
        for (int i = 0; i < MOST_REPLIES && type == INFO; i++) {
            type = reply(OPTION_GO);
        }
        if (type != ACK || bytes < 0) {
            throw new IOException(
                    "the NBD server does not give the export '%s' (error %d)".formatted(export, type & ~ERROR));
        }
        return new Export(bytes, flags, isStructured, mostBytes);
    }

    private void option(int option, byte[] data) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(16 + data.length);
        send(message.putLong(OPTION_MAGIC).putInt(option).putInt(data.length).put(data));
    }

    /** The type of the next reply, whose information is taken. */
    private int reply(int option) throws IOException {
        ByteBuffer head = receive(20);
        int length = head.getInt(16);
        if (head.getLong(0) != REPLY_MAGIC || head.getInt(8) != option || length < 0 || length > MOST_REPLY_BYTES) {
            throw new IOException("the NBD server's answer cannot be understood");
        }
        ByteBuffer data = receive(length);
        int type = head.getInt(12);
        if (type == INFO && length >= 12 && data.getShort(0) == INFO_EXPORT) {
            bytes = data.getLong(2);
            flags = data.getShort(10) & 0xFFFF;
        } else if (type == INFO && length >= 14 && data.getShort(0) == INFO_BLOCK_SIZE) {
            long most = data.getInt(10) & 0xFFFF_FFFFL;
            mostBytes = (int) Math.max(LEAST_MOST_BYTES, Math.min(most, GuestBuffer.MOST_BYTES));
        }
        return type;
    }

    private void send(ByteBuffer message) throws IOException {
        message.flip();
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    private ByteBuffer receive(int length) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(length);
        while (message.hasRemaining()) {
            if (channel.read(message) < 0) {
                throw new EOFException("the NBD server has closed the connection");
            }
        }
        return message.flip();
    }
}
