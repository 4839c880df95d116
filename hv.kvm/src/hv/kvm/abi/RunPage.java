package hv.kvm.abi;

import hv.api.machine.Register;
import hv.kvm.layout.KvmRegs;
import hv.kvm.layout.KvmRun;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A vCPU's {@code struct kvm_run}: what the kernel and this process tell each other at an exit. On the vCPU's thread,
 * but for {@link #immediateExit}.
 */
public final class RunPage {
    public static final int KVM_EXIT_IO = 2;
    public static final int KVM_EXIT_HLT = 5;
    public static final int KVM_EXIT_MMIO = 6;
    public static final int KVM_EXIT_SHUTDOWN = 8;
    public static final int KVM_EXIT_FAIL_ENTRY = 9;
    public static final int KVM_EXIT_INTERNAL_ERROR = 17;
    public static final int KVM_EXIT_X86_RDMSR = 29;
    public static final int KVM_EXIT_X86_WRMSR = 30;

    private static final int KVM_SYNC_X86_REGS = 1;
    private static final long APIC_BASE_EXTD = 1 << 10;
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private final MemorySegment page;
    private final MemorySegment registers;

    RunPage(MemorySegment page) {
        this.page = page;
        this.registers = page.asSlice(KvmRun.SYNC_REGS, KvmRegs.BYTES);
    }

    /** 1: the next KVM_RUN finishes what is under way and returns EINTR without entering the guest. Any thread. */
    public void immediateExit(int on) {
        BYTE.setVolatile(page, KvmRun.IMMEDIATE_EXIT, (byte) on);
    }

    public int exitReason() {
        return page.get(ValueLayout.JAVA_INT, KvmRun.EXIT_REASON);
    }

    /** RFLAGS.IF at the last exit. */
    public boolean interruptsEnabled() {
        return page.get(ValueLayout.JAVA_BYTE, KvmRun.IF_FLAG) != 0;
    }

    /** Whether the local APIC was in x2APIC mode at the last exit. */
    public boolean isX2Apic() {
        return (page.get(ValueLayout.JAVA_LONG, KvmRun.APIC_BASE) & APIC_BASE_EXTD) != 0;
    }

    // KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR

    public int msrIndex() {
        return page.get(ValueLayout.JAVA_INT, KvmRun.MSR_INDEX);
    }

    public long msrData() {
        return page.get(ValueLayout.JAVA_LONG, KvmRun.MSR_DATA);
    }

    public void msrData(long value) {
        page.set(ValueLayout.JAVA_LONG, KvmRun.MSR_DATA, value);
    }

    /** 0: done; 1: inject #GP. */
    public void msrError(int error) {
        page.set(ValueLayout.JAVA_BYTE, KvmRun.MSR_ERROR, (byte) error);
    }

    // KVM_EXIT_IO

    public boolean ioIsOut() {
        return page.get(ValueLayout.JAVA_BYTE, KvmRun.IO_DIRECTION) == 1;
    }

    public int ioBytes() {
        return page.get(ValueLayout.JAVA_BYTE, KvmRun.IO_SIZE);
    }

    public int ioPort() {
        return Short.toUnsignedInt(page.get(ValueLayout.JAVA_SHORT, KvmRun.IO_PORT));
    }

    public int ioCount() {
        return page.get(ValueLayout.JAVA_INT, KvmRun.IO_COUNT);
    }

    /** Item {@code index} of a string of port accesses. */
    public int ioData(int index) {
        long at = page.get(ValueLayout.JAVA_LONG, KvmRun.IO_DATA_OFFSET) + (long) index * ioBytes();
        return switch (ioBytes()) {
            case 1 -> Byte.toUnsignedInt(page.get(ValueLayout.JAVA_BYTE, at));
            case 2 -> Short.toUnsignedInt(page.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
            default -> page.get(ValueLayout.JAVA_INT_UNALIGNED, at);
        };
    }

    public void ioData(int index, int value) {
        long at = page.get(ValueLayout.JAVA_LONG, KvmRun.IO_DATA_OFFSET) + (long) index * ioBytes();
        switch (ioBytes()) {
            case 1 -> page.set(ValueLayout.JAVA_BYTE, at, (byte) value);
            case 2 -> page.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) value);
            default -> page.set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
        }
    }

    // KVM_EXIT_MMIO

    public long mmioGpa() {
        return page.get(ValueLayout.JAVA_LONG, KvmRun.MMIO_PHYS_ADDR);
    }

    public long mmioData() {
        return page.get(ValueLayout.JAVA_LONG, KvmRun.MMIO_DATA);
    }

    public void mmioData(long value) {
        page.set(ValueLayout.JAVA_LONG, KvmRun.MMIO_DATA, value);
    }

    public int mmioBytes() {
        return page.get(ValueLayout.JAVA_INT, KvmRun.MMIO_LEN);
    }

    public boolean mmioIsWrite() {
        return page.get(ValueLayout.JAVA_BYTE, KvmRun.MMIO_IS_WRITE) != 0;
    }

    // KVM_EXIT_INTERNAL_ERROR, KVM_EXIT_FAIL_ENTRY

    public int suberror() {
        return page.get(ValueLayout.JAVA_INT, KvmRun.INTERNAL_SUBERROR);
    }

    /** The instruction that the kernel could not emulate, in hex; empty if it does not say. */
    public String emulationBytes() {
        boolean given = suberror() == 1
                && page.get(ValueLayout.JAVA_INT, KvmRun.EMULATION_NDATA) >= 3
                && (page.get(ValueLayout.JAVA_LONG, KvmRun.EMULATION_FLAGS) & 1) != 0;
        if (!given) {
            return "";
        }
        int size = Math.clamp(page.get(ValueLayout.JAVA_BYTE, KvmRun.EMULATION_INSN_SIZE), 0, 15);
        byte[] bytes = page.asSlice(KvmRun.EMULATION_INSN_BYTES, size).toArray(ValueLayout.JAVA_BYTE);
        return java.util.HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    public long entryFailureReason() {
        return page.get(ValueLayout.JAVA_LONG, KvmRun.FAIL_ENTRY_HARDWARE_REASON);
    }

    // General registers, in the order of struct kvm_regs. The kernel fills them in at an exit only when asked before
    // the entry
    // (KVM_CAP_SYNC_REGS), because that costs a hundred nanoseconds, which an MSR exit need not pay.

    /** Whether the kernel fills in the registers at the next exits. */
    public void syncRegisters(boolean on) {
        page.set(ValueLayout.JAVA_LONG, KvmRun.KVM_VALID_REGS, on ? KVM_SYNC_X86_REGS : 0);
    }

    /** Whether it was asked to before the last exit, if {@link #syncRegisters} was not called since. */
    public boolean registersAreSynced() {
        return page.get(ValueLayout.JAVA_LONG, KvmRun.KVM_VALID_REGS) != 0;
    }

    /** Where the registers are, for a request that fills them in. */
    public MemorySegment registers() {
        return registers;
    }

    public long register(Register register) {
        return page.get(ValueLayout.JAVA_LONG, KvmRun.SYNC_REGS + KvmRegs.offset(register));
    }

    /** Sets a register for the next KVM_RUN. All registers must have been filled in. */
    public void register(Register register, long value) {
        page.set(ValueLayout.JAVA_LONG, KvmRun.SYNC_REGS + KvmRegs.offset(register), value);
        page.set(ValueLayout.JAVA_LONG, KvmRun.KVM_DIRTY_REGS, KVM_SYNC_X86_REGS);
    }
}
