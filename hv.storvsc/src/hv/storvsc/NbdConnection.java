package hv.storvsc;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection to an NBD server, with many requests under way. There is no thread for it: of those that wait for a
 * reply one reads, and hands what is not its own to whom it belongs; so while nothing is asked nobody reads, and the
 * socket can be given to a successor. What a server sends is checked: a reply that nobody waits for, or that does not
 * fit its request, ends the connection. Any thread.
 */
final class NbdConnection {
    private static final int REQUEST_MAGIC = 0x2560_9513;
    private static final int SIMPLE_MAGIC = 0x6744_6698;
    private static final int STRUCTURED_MAGIC = 0x668E_33EF;
    private static final int DISCONNECT = 2;
    private static final int REQUEST_BYTES = 28;
    private static final int CHUNK_DONE = 1;
    private static final int CHUNK_NONE = 0;
    private static final int CHUNK_DATA = 1;
    private static final int CHUNK_HOLE = 2;
    private static final int CHUNK_ERROR = 0x8000;
    private static final int MOST_TEXT = 1 << 16;
    private static final int COPIED_BYTES = 1 << 17;
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long LOOK_SECONDS = 5;

    private final SocketChannel channel;
    private final NbdHandshake.Export export;
    private final ReentrantLock sending = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Long, NbdCall> calls = new HashMap<>();
    private final ByteBuffer head = ByteBuffer.allocate(32);
    private final byte[] copy = new byte[COPIED_BYTES];
    private volatile boolean isDirty;
    private long lastCookie;
    private boolean isRead;
    private boolean isWatched;
    private IOException broken;

    /** One that has begun. */
    NbdConnection(SocketChannel channel, NbdHandshake.Export export) {
        this.channel = channel;
        this.export = export;
    }

    /** Connects, and begins; a server that says nothing for some seconds is left. By a thread that may wait. */
    static NbdConnection open(NbdAddress address) throws IOException {
        SocketAddress to = address.address();
        SocketChannel channel = to instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        boolean isOpen = false;
        // A server that does not answer is left.
        Deadline deadline = new Deadline(channel);
        CompletableFuture.delayedExecutor(LOOK_SECONDS, TimeUnit.SECONDS).execute(deadline);
        try {
            channel.connect(to);
            if (!(to instanceof UnixDomainSocketAddress)) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            NbdHandshake.Export export = NbdHandshake.begin(channel, address.export());
            isOpen = true;
            return new NbdConnection(channel, export);
        } finally {
            deadline.met();
            if (!isOpen) {
                channel.close();
            }
        }
    }

    NbdHandshake.Export export() {
        return export;
    }

    /** Whether something was written on it that has not been flushed. */
    boolean isDirty() {
        return isDirty;
    }

    void dirty(boolean is) {
        isDirty = is;
    }

    boolean isUsable() {
        lock.lock();
        try {
            return broken == null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks for something, and waits for the reply.
     *
     * @param flags of the command
     * @param data what is written; null without
     * @throws NbdException if the server refuses
     * @throws IOException if the connection has ended
     */
    void call(NbdCall call, int flags, ByteBuffer data) throws IOException {
        long cookie;
        lock.lock();
        try {
            requireUsable();
            cookie = ++lastCookie;
            calls.put(cookie, call);
            watch();
        } finally {
            lock.unlock();
        }
        try {
            send(call.command, flags, cookie, call.at, call.length, data);
        } catch (IOException e) {
            fail(e);
        }
        await(call);
        if (call.error != 0) {
            throw new NbdException(call.name(), call.error);
        }
    }

    private void requireUsable() throws IOException {
        if (broken != null) {
            throw new IOException("the connection has ended", broken);
        }
    }

    private void send(int command, int flags, long cookie, long at, int length, ByteBuffer data) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(REQUEST_BYTES);
        request.putInt(REQUEST_MAGIC).putShort((short) flags).putShort((short) command);
        request.putLong(cookie).putLong(at).putInt(length).flip();
        ByteBuffer[] both = data == null ? new ByteBuffer[] {request} : new ByteBuffer[] {request, data};
        sending.lock();
        try {
            while (both[both.length - 1].hasRemaining()) {
                channel.write(both);
            }
        } finally {
            sending.unlock();
        }
    }

    private void await(NbdCall call) throws IOException {
        lock.lock();
        try {
            while (!call.isDone && broken == null) {
                if (isRead) {
                    changed.awaitUninterruptibly();
                    continue;
                }
                isRead = true;
                lock.unlock();
                IOException failure = null;
                try {
                    receive();
                } catch (IOException e) {
                    failure = e;
                } finally {
                    lock.lock();
                    isRead = false;
                    if (failure != null && broken == null) {
                        broken = failure;
                    }
                    changed.signalAll();
                }
            }
            // Another thread may be putting what it reads into this call's pages.
            while (isRead && !call.isDone) {
                changed.awaitUninterruptibly();
            }
            if (!call.isDone) {
                throw new IOException("the connection has ended", broken);
            }
        } finally {
            lock.unlock();
        }
    }

    /** One reply, or one chunk of one. By one thread at a time. */
    private void receive() throws IOException {
        read(4);
        int magic = head.getInt(0);
        if (magic == SIMPLE_MAGIC) {
            read(12);
            NbdCall call = call(head.getLong(4));
            int error = head.getInt(0);
            if (error == 0 && call.command == NbdCall.READ) {
                data(call, call.at, call.length);
            }
            done(head.getLong(4), call, error);
        } else if (magic == STRUCTURED_MAGIC && export.isStructured()) {
            chunk();
        } else {
            throw new IOException("the NBD server's reply cannot be understood");
        }
    }

    private void chunk() throws IOException {
        read(16);
        int flags = head.getShort(0);
        int type = head.getShort(2) & 0xFFFF;
        long cookie = head.getLong(4);
        long length = head.getInt(12) & 0xFFFF_FFFFL;
        NbdCall call = call(cookie);
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
            done(cookie, call, error);
        }
    }

    private static void require(boolean isSo) throws IOException {
        if (!isSo) {
            throw new IOException("the NBD server's reply does not fit the request");
        }
    }

    private NbdCall call(long cookie) throws IOException {
        lock.lock();
        try {
            NbdCall call = calls.get(cookie);
            require(call != null);
            return call;
        } finally {
            lock.unlock();
        }
    }

    private void done(long cookie, NbdCall call, int error) throws IOException {
        require(error != 0 || call.isWhole());
        lock.lock();
        try {
            calls.remove(cookie);
            call.error = error;
            call.isDone = true;
            changed.signalAll();
        } finally {
            lock.unlock();
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

    /** With the lock held: while something is waited for, somebody looks whether it takes too long. */
    private void watch() {
        if (!isWatched) {
            isWatched = true;
            CompletableFuture.delayedExecutor(LOOK_SECONDS, TimeUnit.SECONDS).execute(this::look);
        }
    }

    private void look() {
        try {
            boolean isLate = false;
            lock.lock();
            try {
                isWatched = false;
                long now = System.nanoTime();
                for (NbdCall call : calls.values()) {
                    isLate |= now - call.begunNanos > PATIENCE_NANOS;
                }
                if (!calls.isEmpty() && broken == null) {
                    watch();
                }
            } finally {
                lock.unlock();
            }
            if (isLate) {
                fail(new IOException("the NBD server has not answered for %d s"
                        .formatted(TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS))));
            }
        } catch (Throwable e) {
            System.getLogger("hv.storvsc").log(System.Logger.Level.ERROR, "nobody watches a connection", e);
        }
    }

    /** Whoever reads finds the socket closed; all that is waited for fails. */
    private void fail(IOException why) {
        lock.lock();
        try {
            if (broken == null) {
                broken = why;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        closeSocket();
    }

    private void closeSocket() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is lost by it.
        }
    }

    /** The socket, for a successor: while nothing is asked, nobody reads from it. */
    SocketChannel socket() {
        return channel;
    }

    /** Says goodbye, and ends. */
    void close() {
        try {
            if (isUsable()) {
                send(DISCONNECT, 0, 0, 0, 0, null);
            }
        } catch (IOException e) {
            // It has gone already.
        }
        fail(new IOException("closed"));
    }
}
