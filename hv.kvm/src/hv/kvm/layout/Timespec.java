package hv.kvm.layout;

/** {@code struct timespec} of the C library. */
public final class Timespec {
    public static final long TV_SEC = 0;
    public static final long TV_NSEC = 8;

    /** Size of the structure. */
    public static final int BYTES = 16;

    private Timespec() {}
}
