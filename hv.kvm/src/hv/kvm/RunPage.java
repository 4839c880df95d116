package hv.kvm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A vCPU's {@code struct kvm_run}: what the kernel and this process tell each other at an exit. Offsets are those of
 * {@code linux/kvm.h} on x86-64. On the vCPU's thread, but for {@link #immediateExit}.
 */
final class RunPage {
    static final int KVM_EXIT_IO = 2;
    static final int KVM_EXIT_HLT = 5;
    static final int KVM_EXIT_MMIO = 6;
    static final int KVM_EXIT_SHUTDOWN = 8;
    static final int KVM_EXIT_FAIL_ENTRY = 9;
    static final int KVM_EXIT_INTERNAL_ERROR = 17;
    static final int KVM_EXIT_X86_RDMSR = 29;
    static final int KVM_EXIT_X86_WRMSR = 30;

    private static final int KVM_SYNC_X86_REGS = 1;
    private static final long IMMEDIATE_EXIT = 1;
    private static final long EXIT_REASON = 8;
    private static final long IF_FLAG = 13;
    private static final long APIC_BASE = 24;
    private static final long APIC_BASE_EXTD = 1 << 10;
    private static final long UNION = 0x20;
    private static final long VALID_REGS = 0x120;
    private static final long DIRTY_REGS = 0x128;
    private static final long SYNC_REGS = 0x130;
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private final MemorySegment page;
    private final MemorySegment registers;

    RunPage(MemorySegment page) {
        this.page = page;
        this.registers = page.asSlice(SYNC_REGS, Register.BYTES);
    }

    /** 1: the next KVM_RUN finishes what is under way and returns EINTR without entering the guest. Any thread. */
    void immediateExit(int on) {
        BYTE.setVolatile(page, IMMEDIATE_EXIT, (byte) on);
    }

    int exitReason() {
        return page.get(ValueLayout.JAVA_INT, EXIT_REASON);
    }

    /** RFLAGS.IF at the last exit. */
    boolean interruptsEnabled() {
        return page.get(ValueLayout.JAVA_BYTE, IF_FLAG) != 0;
    }

    /** Whether the local APIC was in x2APIC mode at the last exit. */
    boolean isX2Apic() {
        return (page.get(ValueLayout.JAVA_LONG, APIC_BASE) & APIC_BASE_EXTD) != 0;
    }

    // KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR

    int msrIndex() {
        return page.get(ValueLayout.JAVA_INT, UNION + 12);
    }

    long msrData() {
        return page.get(ValueLayout.JAVA_LONG, UNION + 16);
    }

    void msrData(long value) {
        page.set(ValueLayout.JAVA_LONG, UNION + 16, value);
    }

    /** 0: done; 1: inject #GP. */
    void msrError(int error) {
        page.set(ValueLayout.JAVA_BYTE, UNION, (byte) error);
    }

    // KVM_EXIT_IO

    boolean ioIsOut() {
        return page.get(ValueLayout.JAVA_BYTE, UNION) == 1;
    }

    int ioBytes() {
        return page.get(ValueLayout.JAVA_BYTE, UNION + 1);
    }

    int ioPort() {
        return Short.toUnsignedInt(page.get(ValueLayout.JAVA_SHORT, UNION + 2));
    }

    int ioCount() {
        return page.get(ValueLayout.JAVA_INT, UNION + 4);
    }

    /** Item {@code index} of a string of port accesses. */
    int ioData(int index) {
        long at = page.get(ValueLayout.JAVA_LONG, UNION + 8) + (long) index * ioBytes();
        return switch (ioBytes()) {
            case 1 -> Byte.toUnsignedInt(page.get(ValueLayout.JAVA_BYTE, at));
            case 2 -> Short.toUnsignedInt(page.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
            default -> page.get(ValueLayout.JAVA_INT_UNALIGNED, at);
        };
    }

    void ioData(int index, int value) {
        long at = page.get(ValueLayout.JAVA_LONG, UNION + 8) + (long) index * ioBytes();
        switch (ioBytes()) {
            case 1 -> page.set(ValueLayout.JAVA_BYTE, at, (byte) value);
            case 2 -> page.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) value);
            default -> page.set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
        }
    }

    // KVM_EXIT_MMIO

    long mmioGpa() {
        return page.get(ValueLayout.JAVA_LONG, UNION);
    }

    long mmioData() {
        return page.get(ValueLayout.JAVA_LONG, UNION + 8);
    }

    void mmioData(long value) {
        page.set(ValueLayout.JAVA_LONG, UNION + 8, value);
    }

    int mmioBytes() {
        return page.get(ValueLayout.JAVA_INT, UNION + 16);
    }

    boolean mmioIsWrite() {
        return page.get(ValueLayout.JAVA_BYTE, UNION + 20) != 0;
    }

    // KVM_EXIT_INTERNAL_ERROR, KVM_EXIT_FAIL_ENTRY

    int suberror() {
        return page.get(ValueLayout.JAVA_INT, UNION);
    }

    /** The instruction that the kernel could not emulate, in hex; empty if it does not say. */
    String emulationBytes() {
        boolean given = suberror() == 1
                && page.get(ValueLayout.JAVA_INT, UNION + 4) >= 3
                && (page.get(ValueLayout.JAVA_LONG, UNION + 8) & 1) != 0;
        if (!given) {
            return "";
        }
        int size = Math.clamp(page.get(ValueLayout.JAVA_BYTE, UNION + 16), 0, 15);
        byte[] bytes = page.asSlice(UNION + 17, size).toArray(ValueLayout.JAVA_BYTE);
        return java.util.HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    long entryFailureReason() {
        return page.get(ValueLayout.JAVA_LONG, UNION);
    }

    // General registers, in the order of struct kvm_regs. The kernel fills them in at an exit only when asked before
    // the entry
    // (KVM_CAP_SYNC_REGS), because that costs a hundred nanoseconds, which an MSR exit need not pay.

    /** Whether the kernel fills in the registers at the next exits. */
    void syncRegisters(boolean on) {
        page.set(ValueLayout.JAVA_LONG, VALID_REGS, on ? KVM_SYNC_X86_REGS : 0);
    }

    /** Whether it was asked to before the last exit, if {@link #syncRegisters} was not called since. */
    boolean registersAreSynced() {
        return page.get(ValueLayout.JAVA_LONG, VALID_REGS) != 0;
    }

    /** Where the registers are, for a request that fills them in. */
    MemorySegment registers() {
        return registers;
    }

    long register(Register register) {
        return page.get(ValueLayout.JAVA_LONG, SYNC_REGS + 8L * register.ordinal());
    }

    /** Sets a register for the next KVM_RUN. All registers must have been filled in. */
    void register(Register register, long value) {
        page.set(ValueLayout.JAVA_LONG, SYNC_REGS + 8L * register.ordinal(), value);
        page.set(ValueLayout.JAVA_LONG, DIRTY_REGS, KVM_SYNC_X86_REGS);
    }
}
