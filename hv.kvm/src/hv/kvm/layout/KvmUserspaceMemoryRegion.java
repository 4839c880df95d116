package hv.kvm.layout;

/** {@code struct kvm_userspace_memory_region}: a piece of guest RAM. */
public final class KvmUserspaceMemoryRegion {
    public static final long SLOT = 0;
    public static final long FLAGS = 4;
    public static final long GUEST_PHYS_ADDR = 8;
    /** In bytes. */
    public static final long MEMORY_SIZE = 16;

    public static final long USERSPACE_ADDR = 24;

    /** Size of the structure. */
    public static final int BYTES = 32;

    private KvmUserspaceMemoryRegion() {}
}
