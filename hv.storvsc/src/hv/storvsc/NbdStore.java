package hv.storvsc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A disk that an NBD server keeps. Where the server says that a flush on one connection is one for all, there are four
 * of them. A connection that has ended is made anew, and what was asked for on it is asked once more: reads and writes
 * can be repeated. While the server is away the guest is told to try again later.
 *
 * <p>What a server has taken and was not asked to flush may be gone with it: if it went away then, the next flush
 * fails, so that nobody takes for durable what is not.
 */
final class NbdStore implements Store {
    private static final int SEVERAL = 4;
    private static final int DURABLE = 1;
    private static final int NO_HOLE = 2;
    private static final int UNIT = 512;
    private static final long PIECE_OF_RANGE = 1L << 30;

    // Who has the sockets after a hand-over.
    private static final int OFFERED = 0;
    private static final int TAKEN = 1;
    private static final int WITHDRAWN = 2;

    private final NbdServer server;
    private final boolean isReadOnly;
    private final AtomicReferenceArray<NbdConnection> connections = new AtomicReferenceArray<>(SEVERAL);
    private final AtomicInteger next = new AtomicInteger();
    private final ReentrantLock connecting = new ReentrantLock();
    private volatile NbdHandshake.Export export;
    private volatile boolean isLost;
    private volatile boolean isClosed;
    private AtomicInteger owner = new AtomicInteger(OFFERED);

    private NbdStore(NbdServer server, NbdConnection first, boolean isReadOnly) {
        this.server = server;
        this.isReadOnly = isReadOnly;
        this.export = first.export();
        connections.set(0, first);
    }

    /** Connects to a server that somebody else has started. */
    static NbdStore open(NbdAddress address, boolean isReadOnly) throws IOException {
        return open(() -> NbdConnection.open(address), isReadOnly);
    }

    /** Connects. */
    static NbdStore open(NbdServer server, boolean isReadOnly) throws IOException {
        return new NbdStore(server, server.connect(), isReadOnly);
    }

    /** Goes on with the sockets of another version; null if they are not there any more. */
    static NbdStore taken(NbdAddress address, boolean isReadOnly, Map<String, Object> given) {
        return taken(() -> NbdConnection.open(address), isReadOnly, given);
    }

    /** Goes on with the sockets of another version; null if they are not there any more. */
    static NbdStore taken(NbdServer server, boolean isReadOnly, Map<String, Object> given) {
        boolean isKnown = given.get("owner") instanceof AtomicInteger
                && given.get("bytes") instanceof Long
                && given.get("flags") instanceof Integer
                && given.get("structured") instanceof Boolean
                && given.get("most") instanceof Integer
                && given.get("dirty") instanceof Boolean
                && given.get("lost") instanceof Boolean
                && given.get("sockets") instanceof List<?>;
        if (!isKnown || !((AtomicInteger) given.get("owner")).compareAndSet(OFFERED, TAKEN)) {
            return null;
        }
        NbdHandshake.Export export = new NbdHandshake.Export(
                (Long) given.get("bytes"), (Integer) given.get("flags"), (Boolean) given.get("structured"), (Integer)
                        given.get("most"));
        List<NbdConnection> taken = new ArrayList<>();
        for (Object each : (List<?>) given.get("sockets")) {
            if (each instanceof SocketChannel socket && taken.size() < SEVERAL) {
                taken.add(new NbdConnection(socket, export));
            }
        }
        if (taken.isEmpty()) {
            return null;
        }
        NbdStore store = new NbdStore(server, taken.get(0), isReadOnly);
        for (int i = 1; i < taken.size(); i++) {
            store.connections.set(i, taken.get(i));
        }
        if ((Boolean) given.get("dirty")) {
            taken.forEach(connection -> connection.dirty(true));
        }
        store.isLost = (Boolean) given.get("lost");
        return store;
    }

    @Override
    public Map<String, Object> handOver() {
        owner = new AtomicInteger(OFFERED);
        List<SocketChannel> sockets = new ArrayList<>();
        boolean isDirty = false;
        for (int i = 0; i < SEVERAL; i++) {
            NbdConnection connection = connections.get(i);
            if (connection != null && connection.isUsable()) {
                sockets.add(connection.socket());
                isDirty |= connection.isDirty();
            }
        }
        Map<String, Object> given = new HashMap<>(server.handOver());
        given.put("owner", owner);
        given.put("bytes", export.bytes());
        given.put("flags", export.flags());
        given.put("structured", export.isStructured());
        given.put("most", export.mostBytes());
        given.put("dirty", isDirty);
        given.put("lost", isLost);
        given.put("sockets", sockets);
        return given;
    }

    /** A connection that can be used. */
    private NbdConnection connection() throws StoreAwayException {
        int index = export.hasSeveralConnections() ? Math.floorMod(next.getAndIncrement(), SEVERAL) : 0;
        NbdConnection there = connections.get(index);
        return there != null && there.isUsable() ? there : connect(index);
    }

    private NbdConnection connect(int index) throws StoreAwayException {
        connecting.lock();
        try {
            return connected(index);
        } finally {
            connecting.unlock();
        }
    }

    private NbdConnection connected(int index) throws StoreAwayException {
        NbdConnection there = connections.get(index);
        if (there != null && there.isUsable()) {
            return there;
        }
        if (there != null) {
            isLost |= there.isDirty();
        }
        if (isClosed) {
            throw new StoreAwayException("closed", null);
        }
        try {
            NbdConnection fresh = server.connect();
            if (fresh.export().bytes() < export.bytes()) {
                fresh.close();
                throw new IOException("what the server has now is smaller than what the guest knows");
            }
            connections.set(index, fresh);
            return fresh;
        } catch (IOException e) {
            throw new StoreAwayException(String.valueOf(e.getMessage()), e);
        }
    }

    /** A request, made anew if the connection ends under it. */
    private interface Attempt {
        void on(NbdConnection connection) throws IOException;
    }

    private void attempt(Attempt request) throws IOException {
        IOException first = null;
        for (int i = 0; i <= SEVERAL; i++) {
            NbdConnection connection = connection();
            try {
                request.on(connection);
                return;
            } catch (NbdException e) {
                if (!e.isEnding()) {
                    throw e;
                }
                first = e;
                connection.close();
            } catch (IOException e) {
                first = e;
            }
        }
        throw new StoreAwayException(String.valueOf(first.getMessage()), first);
    }

    @Override
    public long bytes() {
        return export.bytes() / UNIT * UNIT;
    }

    @Override
    public boolean isReadOnly() {
        return isReadOnly || export.isReadOnly();
    }

    /** Whether a range reads as zero that was given back the protocol does not say, but of zeroes written as holes. */
    @Override
    public boolean canDiscard() {
        return !isReadOnly() && export.canTrim() && export.canZero();
    }

    @Override
    public void read(GuestBuffer to, int length, long at) throws IOException {
        for (int done = 0; done < length; ) {
            int offset = done;
            int some = Math.min(export.mostBytes(), length - done);
            attempt(connection -> connection.call(new NbdCall(NbdCall.READ, at + offset, some, to, offset), 0, null));
            done += some;
        }
    }

    @Override
    public void write(GuestBuffer from, int length, long at, boolean isDurable) throws IOException {
        byte[] bytes = new byte[length];
        from.get(0, bytes, 0, length);
        write(bytes, length, at, isDurable && export.canBeDurable() ? DURABLE : 0);
        if (isDurable && !export.canBeDurable()) {
            flush();
        }
    }

    @Override
    public void write(byte[] from, int length, long at) throws IOException {
        write(from, length, at, 0);
    }

    private void write(byte[] from, int length, long at, int flags) throws IOException {
        for (int done = 0; done < length; ) {
            int offset = done;
            int some = Math.min(export.mostBytes(), length - done);
            attempt(connection -> {
                NbdCall call = new NbdCall(NbdCall.WRITE, at + offset, some, null, 0);
                connection.call(call, flags, ByteBuffer.wrap(from, offset, some));
                if (flags == 0) {
                    connection.dirty(true);
                }
            });
            done += some;
        }
    }

    /**
     * On each connection on which something was written, though one would be enough: so it is noticed if the server
     * that has taken a write is not the one that there is now.
     */
    @Override
    public void flush() throws IOException {
        boolean isDone = false;
        for (int i = 0; i < SEVERAL; i++) {
            NbdConnection connection = connections.get(i);
            if (connection != null && connection.isDirty() && export.canFlush()) {
                flushDirty(connection);
                isDone = true;
            }
        }
        if (isLost) {
            isLost = false;
            throw new IOException("the server went away with writes that were not flushed: they may be lost");
        }
        if (!isDone && export.canFlush()) {
            attempt(NbdStore::flush);
        }
    }

    private void flushDirty(NbdConnection connection) throws IOException {
        // What is written from now on is not flushed by this.
        connection.dirty(false);
        try {
            flush(connection);
        } catch (NbdException e) {
            connection.dirty(true);
            throw e;
        } catch (IOException e) {
            isLost = true;
        }
    }

    private static void flush(NbdConnection connection) throws IOException {
        connection.call(new NbdCall(NbdCall.FLUSH, 0, 0, null, 0), 0, null);
    }

    @Override
    public void discard(long at, long length) throws IOException {
        zero(at, length, 0);
    }

    @Override
    public void zero(long at, long length) throws IOException {
        if (export.canZero()) {
            zero(at, length, NO_HOLE);
            return;
        }
        byte[] zeroes = new byte[(int) Math.min(length, export.mostBytes())];
        for (long done = 0; done < length; done += zeroes.length) {
            write(zeroes, (int) Math.min(zeroes.length, length - done), at + done, 0);
        }
    }

    private void zero(long at, long length, int flags) throws IOException {
        for (long done = 0; done < length; done += PIECE_OF_RANGE) {
            long from = at + done;
            int some = (int) Math.min(PIECE_OF_RANGE, length - done);
            attempt(connection -> {
                connection.call(new NbdCall(NbdCall.WRITE_ZEROES, from, some, null, 0), flags, null);
                connection.dirty(true);
            });
        }
    }

    /** A server says how large an export is at the beginning of a connection: a new one is made. */
    @Override
    public void resize(long wanted) throws IOException {
        if (wanted > 0) {
            throw new IOException("what a server keeps is resized there; then: disk resize NUMBER");
        }
        NbdConnection fresh = server.connect();
        export = fresh.export();
        fresh.close();
    }

    @Override
    public void close() {
        isClosed = true;
        if (!owner.compareAndSet(OFFERED, WITHDRAWN)) {
            return;
        }
        for (int i = 0; i < SEVERAL; i++) {
            NbdConnection connection = connections.get(i);
            if (connection != null) {
                connection.close();
            }
        }
        server.end();
    }
}
