package hv.storvsc;

import hv.storvsc.abi.DiskFile;
import hv.storvsc.abi.SystemException;
import hv.storvsc.abi.Vector;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk in a file, byte by byte, or on a block device.
 *
 * <p>The kernel moves data between the file and guest memory itself. What is in the page cache is read at once; all
 * else waits on a thread of its own. A flush is fdatasync, a write that has to be durable says so to the kernel
 * (RWF_DSYNC), a discarded range becomes a hole. When a flush has failed, what was written before may be lost and the
 * kernel does not say so twice: every later flush fails too, until the disk is attached anew.
 *
 * <p>The file is locked (flock): no second guest of hv can write it. Who follows in this process goes on with the same
 * open file, and so with the lock.
 */
final class RawStore implements Store {
    private static final int COPIED_BYTES = 1 << 16;
    private static final int UNIT = 512;

    // Who has the open file after a hand-over.
    private static final int OFFERED = 0;
    private static final int TAKEN = 1;
    private static final int WITHDRAWN = 2;

    private final DiskFile file;
    /** The same file past the page cache; null without. */
    private final DiskFile direct;

    private final boolean isReadOnly;
    private final boolean canDiscard;
    private volatile long bytes;
    private volatile IOException lost;
    private AtomicInteger owner = new AtomicInteger(OFFERED);

    private RawStore(DiskFile file, DiskFile direct, boolean isReadOnly) throws IOException {
        this.file = file;
        this.direct = direct;
        this.isReadOnly = isReadOnly;
        this.canDiscard = !isReadOnly && file.canPunch();
        this.bytes = file.size() / UNIT * UNIT;
    }

    /** Opens it. */
    static RawStore open(DiskText text) throws IOException {
        DiskFile file = DiskFile.open(text.source(), text.isReadOnly(), false);
        DiskFile direct = null;
        try {
            lock(file, text);
            direct = text.isDirect() ? DiskFile.open(text.source(), text.isReadOnly(), true) : null;
            return new RawStore(file, direct, text.isReadOnly());
        } catch (IOException e) {
            file.close();
            if (direct != null) {
                direct.close();
            }
            throw e;
        }
    }

    private static void lock(DiskFile file, DiskText text) throws IOException {
        try {
            file.lock(text.isReadOnly());
        } catch (SystemException e) {
            throw new IOException(
                    text.source() + " is a disk of another guest already: stop that one, or give both ,readonly", e);
        }
    }

    /** Goes on with what another version had open; null if that is not there any more. */
    static RawStore taken(DiskText text, Map<String, Object> given) throws IOException {
        boolean isKnown = given.get("owner") instanceof AtomicInteger owner
                && given.get("fd") instanceof Integer
                && given.get("direct") instanceof Integer
                && text.source().equals(given.get("source"))
                && owner.compareAndSet(OFFERED, TAKEN);
        if (!isKnown) {
            return null;
        }
        int direct = (Integer) given.get("direct");
        RawStore store = new RawStore(
                new DiskFile((Integer) given.get("fd"), text.source()),
                direct < 0 ? null : new DiskFile(direct, text.source()),
                text.isReadOnly());
        store.lost = given.get("lost") instanceof IOException known ? known : null;
        return store;
    }

    @Override
    public Map<String, Object> handOver() {
        owner = new AtomicInteger(OFFERED);
        Map<String, Object> given = new HashMap<>();
        given.put("owner", owner);
        given.put("source", file.path());
        given.put("fd", file.fd());
        given.put("direct", direct == null ? -1 : direct.fd());
        if (lost != null) {
            given.put("lost", new IOException(lost.getMessage()));
        }
        return given;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean isReadOnly() {
        return isReadOnly;
    }

    @Override
    public boolean canDiscard() {
        return canDiscard;
    }

    @Override
    public boolean readNow(GuestBuffer to, int length, long at) {
        if (direct != null) {
            return false;
        }
        Vector pieces = to.vector(length);
        return pieces != null && file.readNow(pieces, at);
    }

    @Override
    public void read(GuestBuffer to, int length, long at) throws IOException {
        Vector pieces = to.vector(length);
        if (pieces != null) {
            on(pieces).read(pieces, at);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.min(length, COPIED_BYTES));
            byte[] bytesOfCopy = new byte[(int) copy.byteSize()];
            Vector one = new Vector();
            for (int done = 0; done < length; done += bytesOfCopy.length) {
                int some = Math.min(bytesOfCopy.length, length - done);
                one.clear();
                one.add(copy.asSlice(0, some));
                file.read(one, at + done);
                MemorySegment.copy(copy, ValueLayout.JAVA_BYTE, 0, bytesOfCopy, 0, some);
                to.put(done, bytesOfCopy, 0, some);
            }
        }
    }

    @Override
    public void write(GuestBuffer from, int length, long at, boolean isDurable) throws IOException {
        Vector pieces = from.vector(length);
        if (pieces != null) {
            on(pieces).write(pieces, at, isDurable);
            return;
        }
        byte[] some = new byte[Math.min(length, COPIED_BYTES)];
        for (int done = 0; done < length; done += some.length) {
            int count = Math.min(some.length, length - done);
            from.get(done, some, 0, count);
            write(some, count, at + done, isDurable);
        }
    }

    @Override
    public void write(byte[] from, int length, long at) throws IOException {
        write(from, length, at, false);
    }

    private void write(byte[] from, int length, long at, boolean isDurable) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(length);
            MemorySegment.copy(from, 0, copy, ValueLayout.JAVA_BYTE, 0, length);
            Vector one = new Vector();
            one.add(copy);
            file.write(one, at, isDurable);
        }
    }

    /** A guest's buffer may begin anywhere; what is not aligned goes through the page cache, which the kernel minds. */
    private DiskFile on(Vector pieces) {
        return direct != null && DiskFile.isAligned(pieces) ? direct : file;
    }

    @Override
    public void flush() throws IOException {
        if (lost != null) {
            throw lost;
        }
        try {
            file.sync();
        } catch (IOException e) {
            lost = new IOException("an earlier flush has failed, so what was written before it may be lost", e);
            throw e;
        }
    }

    @Override
    public void discard(long at, long length) throws IOException {
        file.punch(at, length);
    }

    @Override
    public void zero(long at, long length) throws IOException {
        if (canDiscard && file.zero(at, length)) {
            return;
        }
        byte[] zeroes = new byte[COPIED_BYTES];
        for (long done = 0; done < length; done += zeroes.length) {
            write(zeroes, (int) Math.min(zeroes.length, length - done), at + done, false);
        }
    }

    @Override
    public void resize(long wanted) throws IOException {
        if (wanted > 0) {
            file.truncate(wanted);
        }
        bytes = file.size() / UNIT * UNIT;
    }

    @Override
    public void close() {
        if (owner.compareAndSet(OFFERED, WITHDRAWN)) {
            file.close();
            if (direct != null) {
                direct.close();
            }
        }
    }
}
