package hv.storvsc.abi;

import java.io.IOException;

/** A system call failed. The message says which, on what, and why. */
public final class SystemException extends IOException {
    /** No room on the host's file system. */
    public static final int ENOSPC = 28;

    /** No room in what the owner of the file may use. */
    public static final int EDQUOT = 122;

    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int ENOTTY = 25;
    static final int EOPNOTSUPP = 95;

    private static final long serialVersionUID = 1L;

    private final int errno;

    SystemException(String call, String what, int errno) {
        super("%s(%s): %s".formatted(call, what, name(errno)));
        this.errno = errno;
    }

    /** Why it failed, as Linux numbers errors. */
    public int errno() {
        return errno;
    }

    private static String name(int errno) {
        return switch (errno) {
            case 1 -> "EPERM, not permitted";
            case 2 -> "ENOENT, there is no such file";
            case 5 -> "EIO, the device failed";
            case 13 -> "EACCES, not permitted";
            case EAGAIN -> "EAGAIN, somebody else uses it";
            case 16 -> "EBUSY, it is in use";
            case 21 -> "EISDIR, it is a directory";
            case EINVAL -> "EINVAL, it cannot do that";
            case 24 -> "EMFILE, too many open files";
            case 27 -> "EFBIG, larger than files may be";
            case ENOSPC -> "ENOSPC, no space left";
            case 30 -> "EROFS, the file system is read-only";
            case EOPNOTSUPP -> "EOPNOTSUPP, the file system cannot do that";
            case EDQUOT -> "EDQUOT, more than its owner may use";
            default -> "errno " + errno;
        };
    }
}
