package hv.storvsc.abi;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Locale;

/**
 * An open file or block device: positions and lengths in bytes. Any thread; each {@link Vector} is of one thread. After
 * {@link #close} nobody may call it.
 *
 * @param fd its file descriptor
 * @param path for messages
 */
public record DiskFile(int fd, String path) {
    private static final int AT_FDCWD = -100;
    private static final int O_RDWR = 2;
    private static final int O_DIRECT = 0x4000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SEEK_END = 2;
    private static final int LOCK_SHARED = 1;
    private static final int LOCK_EXCLUSIVE = 2;
    private static final int LOCK_NOW = 4;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final int ZERO_RANGE = 0x10;

    /** A write is back when it is durable. */
    private static final int RWF_DSYNC = 2;

    /** A read that would have to wait fails with EAGAIN. */
    private static final int RWF_NOWAIT = 8;

    private static final int UNIT = 512;

    /**
     * Opens what is there.
     *
     * @param isDirect past the host's page cache: what is moved has to be aligned
     * @throws SystemException if it cannot be opened so
     */
    public static DiskFile open(String path, boolean isReadOnly, boolean isDirect) throws IOException {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("amd64|x86_64")) {
            throw new IOException("disks need Linux on x86-64");
        }
        int flags = O_CLOEXEC | (isReadOnly ? 0 : O_RDWR) | (isDirect ? O_DIRECT : 0);
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(path).address();
            long fd = retried(Syscalls.OPENAT, AT_FDCWD, name, flags, 0);
            if (fd < 0) {
                throw new SystemException("open", path, (int) -fd);
            }
            return new DiskFile((int) fd, path);
        }
    }

    private static long retried(long number, long a, long b, long c, long d) {
        long result;
        do {
            result = Syscalls.call(number, a, b, c, d);
        } while (result == -SystemException.EINTR);
        return result;
    }

    private long checked(String name, long number, long b, long c, long d) throws IOException {
        long result = retried(number, fd, b, c, d);
        if (result < 0) {
            throw new SystemException(name, path, (int) -result);
        }
        return result;
    }

    /** Its size. */
    public long size() throws IOException {
        return checked("lseek", Syscalls.LSEEK, 0, SEEK_END, 0);
    }

    /** Lets nobody else have it who locks it too, or only to read it; as long as it is open. */
    public void lock(boolean isShared) throws IOException {
        checked("flock", Syscalls.FLOCK, (isShared ? LOCK_SHARED : LOCK_EXCLUSIVE) | LOCK_NOW, 0, 0);
    }

    /** Whether holes can be made in it. */
    public boolean canPunch() throws IOException {
        // Behind its end there is nothing to lose.
        long result = retried(Syscalls.FALLOCATE, fd, KEEP_SIZE | PUNCH_HOLE, size(), 4096);
        return result == 0;
    }

    /** Gives a range back to the file system; it reads as zero. */
    public void punch(long at, long bytes) throws IOException {
        checked("fallocate", Syscalls.FALLOCATE, KEEP_SIZE | PUNCH_HOLE, at, bytes);
    }

    /** Has a range read as zero, and keeps its room; false if the file system cannot. */
    public boolean zero(long at, long bytes) throws IOException {
        long result = retried(Syscalls.FALLOCATE, fd, KEEP_SIZE | ZERO_RANGE, at, bytes);
        if (result == -SystemException.EOPNOTSUPP || result == -SystemException.EINVAL) {
            return false;
        }
        if (result < 0) {
            throw new SystemException("fallocate", path, (int) -result);
        }
        return true;
    }

    /** Makes it longer or shorter. */
    public void truncate(long bytes) throws IOException {
        checked("ftruncate", Syscalls.FTRUNCATE, bytes, 0, 0);
    }

    /** Returns when everything that was written is durable. */
    public void sync() throws IOException {
        checked("fdatasync", Syscalls.FDATASYNC, 0, 0, 0);
    }

    /**
     * Reads what is in the page cache, and does not wait for anything else.
     *
     * @return false if not all of it is; some may have been read
     */
    public boolean readNow(Vector to, long at) {
        return to.call(Syscalls.PREADV2, fd, at, RWF_NOWAIT) == to.bytes();
    }

    /**
     * Reads all of it.
     *
     * @throws EOFException if the file ends before
     */
    public void read(Vector to, long at) throws IOException {
        move(Syscalls.PREADV2, "read", to, at, 0);
    }

    /** Writes all of it; if {@code isDurable}, returns when it is. */
    public void write(Vector from, long at, boolean isDurable) throws IOException {
        move(Syscalls.PWRITEV2, "write", from, at, isDurable ? RWF_DSYNC : 0);
    }

    private void move(long number, String name, Vector pieces, long at, int flags) throws IOException {
        long position = at;
        while (pieces.bytes() > 0) {
            long done = pieces.call(number, fd, position, flags);
            if (done == 0) {
                throw new EOFException("%s(%s): it ends at %d".formatted(name, path, position));
            }
            if (done > 0) {
                position += done;
                pieces.skip(done);
            } else if (done != -SystemException.EINTR) {
                throw new SystemException(name, path, (int) -done);
            }
        }
    }

    /** Whether a file opened past the page cache can take these pieces. */
    public static boolean isAligned(Vector pieces) {
        return pieces.isAligned(UNIT);
    }

    /** Closes it. */
    public void close() {
        Syscalls.call(Syscalls.CLOSE, fd, 0, 0, 0);
    }
}
