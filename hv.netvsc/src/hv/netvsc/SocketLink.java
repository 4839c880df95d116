package hv.netvsc;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Frames over a stream socket, each behind its length (32 bits, the highest first), as QEMU's stream back end has them
 * and passt. Frames are copied once in each direction, between the guest's RAM and a buffer that goes to the kernel
 * with many of them in one call.
 */
final class SocketLink implements FrameLink {
    static final String SOCKET = "socket";
    private static final String RECEIVED = "socket.received";
    private static final String UNSENT = "socket.unsent";

    /** The longest frame that is believed: QEMU's limit. */
    private static final int MOST_FRAME_BYTES = 4096 + 65_536;

    private static final int LENGTH_BYTES = Integer.BYTES;
    private static final int BUFFER_BYTES = 1 << 20;

    private final SocketChannel socket;
    private final Selector selector;

    /** From position on free, before it frames and parts of them. */
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.BIG_ENDIAN);

    /** How far that has been sent. */
    private int sent;

    /** Between position and limit what was received and is not taken yet. */
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.BIG_ENDIAN);

    /** Whether the last call to the kernel brought less than there was room for. */
    private boolean isDrained;

    private SocketLink(SocketChannel socket) throws IOException {
        this.socket = socket;
        socket.configureBlocking(false);
        selector = Selector.open();
        socket.register(selector, 0);
        in.limit(0);
    }

    /** Connects to who listens at a path. */
    static SocketLink connect(Path path) throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean isMade = false;
        try {
            socket.connect(UnixDomainSocketAddress.of(path));
            SocketLink link = new SocketLink(socket);
            isMade = true;
            return link;
        } finally {
            if (!isMade) {
                socket.close();
            }
        }
    }

    /** Goes on with what {@link #handOver} gave. */
    static SocketLink of(SocketChannel socket, Map<String, Object> handedOver) throws IOException {
        SocketLink link = new SocketLink(socket);
        if (handedOver.get(RECEIVED) instanceof byte[] bytes && bytes.length <= BUFFER_BYTES) {
            link.in.clear().put(bytes).flip();
        }
        if (handedOver.get(UNSENT) instanceof byte[] bytes && bytes.length <= BUFFER_BYTES) {
            link.out.put(bytes);
        }
        return link;
    }

    @Override
    public Map<String, Object> handOver() {
        byte[] received = new byte[in.remaining()];
        in.get(in.position(), received);
        byte[] unsent = new byte[out.position() - sent];
        out.get(sent, unsent);
        return Map.of(SOCKET, socket, RECEIVED, received, UNSENT, unsent);
    }

    @Override
    public boolean hasRoom() {
        return out.remaining() >= Finisher.MOST_BYTES;
    }

    @Override
    public boolean isBehind() {
        return out.position() > sent;
    }

    @Override
    public void send(Frame frame) {
        Finisher.put(frame, out);
    }

    @Override
    public void flush() throws IOException {
        if (!isBehind()) {
            return;
        }
        int end = out.position();
        out.limit(end).position(sent);
        try {
            socket.write(out);
        } finally {
            sent = out.position();
            out.limit(out.capacity()).position(end);
        }
        if (sent == end) {
            out.clear();
            sent = 0;
        } else if (!hasRoom()) {
            out.limit(end).position(sent);
            out.compact();
            sent = 0;
        }
    }

    @Override
    public int receive(Pieces into, LongPredicate wants) throws IOException {
        if (!isWhole() && (!fill() || !isWhole())) {
            return NOTHING;
        }
        int length = in.getInt(in.position());
        int at = in.position() + LENGTH_BYTES;
        in.position(at + length);
        boolean isUsable =
                length >= Adapter.ETHERNET_HEAD_BYTES && length <= into.bytes() && wants.test(in.getLong(at) >>> 16);
        if (isUsable) {
            into.write(in, at, length);
        }
        return isUsable ? length : PASSED_OVER;
    }

    /** Whether a frame is there to its end. */
    private boolean isWhole() throws IOException {
        if (in.remaining() < LENGTH_BYTES) {
            return false;
        }
        int length = in.getInt(in.position());
        if (length <= 0 || length > MOST_FRAME_BYTES) {
            throw new IOException("it sends a frame of %d bytes".formatted(length & 0xFFFF_FFFFL));
        }
        return in.remaining() >= LENGTH_BYTES + length;
    }

    /** Gets more; false if there is none now. */
    private boolean fill() throws IOException {
        if (isDrained) {
            isDrained = false;
            return false;
        }
        in.compact();
        int room = in.remaining();
        int got;
        try {
            got = socket.read(in);
        } finally {
            in.flip();
        }
        if (got < 0) {
            throw new EOFException("it has hung up");
        }
        // A short answer means that no more is there: the next call need not ask.
        isDrained = got > 0 && got < room;
        return got > 0;
    }

    @Override
    public void await(boolean wantsFrames, boolean wantsRoom) throws IOException {
        SelectionKey key = socket.keyFor(selector);
        if (key == null || !key.isValid()) {
            throw new IOException("it is closed");
        }
        key.interestOps((wantsFrames ? SelectionKey.OP_READ : 0) | (wantsRoom ? SelectionKey.OP_WRITE : 0));
        selector.select();
        selector.selectedKeys().clear();
    }

    @Override
    public void wake() {
        selector.wakeup();
    }

    @Override
    public void close() {
        leave();
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to be lost.
        }
    }

    @Override
    public void leave() {
        try {
            selector.close();
        } catch (IOException e) {
            // Nothing is left to be lost.
        }
    }
}
