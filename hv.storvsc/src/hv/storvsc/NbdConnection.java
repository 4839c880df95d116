package hv.storvsc;

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
final class NbdConnection implements NbdReplies.Calls {
    private static final int REQUEST_MAGIC = 0x2560_9513;
    private static final int DISCONNECT = 2;
    private static final int REQUEST_BYTES = 28;
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long LOOK_SECONDS = 5;

    private final SocketChannel channel;
    private final NbdHandshake.Export export;
    private final ReentrantLock sending = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Long, NbdCall> calls = new HashMap<>();
    private final NbdReplies replies;
    private volatile boolean isDirty;
    private long lastCookie;
    private boolean isRead;
    private boolean isWatched;
    private IOException broken;

    /** One that has begun. */
    NbdConnection(SocketChannel channel, NbdHandshake.Export export) {
        this.channel = channel;
        this.export = export;
        this.replies = new NbdReplies(channel, export.isStructured());
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
        CompletableFuture.delayedExecutor(LOOK_SECONDS, TimeUnit.SECONDS).execute(deadline::run);
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
                    replies.next(this);
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

    @Override
    public NbdCall waiting(long cookie) {
        lock.lock();
        try {
            return calls.get(cookie);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void done(long cookie, NbdCall call, int error) {
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
