package hv.kvm.layout;

/**
 * {@code struct kvm_run}: what the kernel and a VMM tell each other at an exit. Fields that are used here; those of an
 * exit share their place with those of the others.
 */
public final class KvmRun {
    public static final long IMMEDIATE_EXIT = 1;
    public static final long EXIT_REASON = 8;
    public static final long IF_FLAG = 13;
    public static final long APIC_BASE = 24;

    private static final long EXIT = 32;

    /** KVM_EXIT_FAIL_ENTRY. */
    public static final long FAIL_ENTRY_HARDWARE_REASON = EXIT;

    public static final long IO_DIRECTION = EXIT;
    public static final long IO_SIZE = EXIT + 1;
    public static final long IO_PORT = EXIT + 2;
    public static final long IO_COUNT = EXIT + 4;
    /** Where in the page the data is. */
    public static final long IO_DATA_OFFSET = EXIT + 8;

    public static final long MMIO_PHYS_ADDR = EXIT;
    public static final long MMIO_DATA = EXIT + 8;
    public static final long MMIO_LEN = EXIT + 16;
    public static final long MMIO_IS_WRITE = EXIT + 20;

    public static final long MSR_ERROR = EXIT;
    public static final long MSR_INDEX = EXIT + 12;
    public static final long MSR_DATA = EXIT + 16;

    /** KVM_EXIT_INTERNAL_ERROR. */
    public static final long INTERNAL_SUBERROR = EXIT;

    public static final long EMULATION_NDATA = EXIT + 4;
    public static final long EMULATION_FLAGS = EXIT + 8;
    public static final long EMULATION_INSN_SIZE = EXIT + 16;
    public static final long EMULATION_INSN_BYTES = EXIT + 17;

    public static final long KVM_VALID_REGS = 288;
    public static final long KVM_DIRTY_REGS = 296;
    /** The registers of {@link KvmRegs}, and then others. */
    public static final long SYNC_REGS = 304;

    private KvmRun() {}
}
