package hv.kvm.abi;

import hv.kvm.error.KvmException;

/** The errors that Linux gives through errno, by name, and what they usually mean when KVM gives them. */
public final class Errno {
    public static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    public static final int EACCES = 13;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int EMFILE = 24;
    static final int ENOTTY = 25;

    private Errno() {}

    /** The symbolic name, or "errno N". */
    public static String name(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM";
            case ENOENT -> "ENOENT";
            case 3 -> "ESRCH";
            case EINTR -> "EINTR";
            case 5 -> "EIO";
            case ENXIO -> "ENXIO";
            case 7 -> "E2BIG";
            case 9 -> "EBADF";
            case EAGAIN -> "EAGAIN";
            case ENOMEM -> "ENOMEM";
            case EACCES -> "EACCES";
            case 14 -> "EFAULT";
            case 16 -> "EBUSY";
            case 17 -> "EEXIST";
            case ENODEV -> "ENODEV";
            case EINVAL -> "EINVAL";
            case 23 -> "ENFILE";
            case EMFILE -> "EMFILE";
            case ENOTTY -> "ENOTTY";
            case 28 -> "ENOSPC";
            case 38 -> "ENOSYS";
            case 95 -> "EOPNOTSUPP";
            default -> "errno " + errno;
        };
    }

    /** For a call that set errno; the advice is the usual one for that error. */
    public static KvmException refusal(String call, int errno) {
        return refusal(call, errno, advice(errno));
    }

    /** For a call that set errno, with advice of its own. */
    static KvmException refusal(String call, int errno, String advice) {
        return new KvmException(call + ": " + name(errno) + ": " + advice);
    }

    /** What to do about it. */
    static String advice(int errno) {
        return switch (errno) {
            case ENOMEM, 28 -> "not enough memory on this host: give the guest less memory or fewer processors";
            case 23, EMFILE -> "too many open files: raise the limit (ulimit -n)";
            case EPERM, EACCES -> "not permitted on this host: check group membership, SELinux and container rules";
            case ENXIO, EINVAL, ENOTTY, 38, 95 ->
                "this kernel's KVM cannot do it: use Linux 5.15 or later, or --backend hosted";
            default -> "unexpected: see the kernel log (dmesg)";
        };
    }
}
