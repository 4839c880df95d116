package hv.kvm.abi;

import hv.api.CpuRegisters.Mode;
import hv.api.machine.BootState;
import hv.kvm.layout.KvmDtable;
import hv.kvm.layout.KvmSegment;
import hv.kvm.layout.KvmSregs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A {@code struct kvm_sregs}: segments, control registers, descriptor tables. Holds one copy, reused, so that a
 * hypercall can be asked for its mode without allocating. On one thread at a time.
 */
public final class SystemRegisters {
    private static final int SEGMENTS = 6;

    private static final long CR0_PE = 1;
    private static final long CR0_MP = 2;
    private static final long CR0_ET = 0x10;
    private static final long CR0_NE = 0x20;
    private static final long CR0_PG = 0x8000_0000L;
    private static final long CR4_PAE = 0x20;
    private static final long CR4_PGE = 0x80;
    private static final long CR4_OSFXSR = 0x200;
    private static final long CR4_OSXMMEXCPT = 0x400;
    private static final long EFER_LME = 0x100;
    private static final long EFER_LMA = 0x400;
    private static final long RFLAGS_VM = 0x20000;

    private static final int CODE_READABLE = 11;
    private static final int DATA_WRITABLE = 3;

    private final MemorySegment sregs;

    public SystemRegisters(Arena arena) {
        sregs = arena.allocate(KvmSregs.BYTES, 8);
    }

    public void fetch(Vcpu vcpu) {
        vcpu.fetch(Ioctl.KVM_GET_SREGS, sregs);
    }

    public void store(Vcpu vcpu) {
        vcpu.handle().call(Ioctl.KVM_SET_SREGS, sregs);
    }

    /** Flips the bit that enables global pages, in this copy. */
    public void flipGlobalPages() {
        cr(KvmSregs.CR4, cr(KvmSregs.CR4) ^ CR4_PGE);
    }

    /** The mode, given the flags register. */
    public Mode mode(long rflags) {
        if ((cr(KvmSregs.CR0) & CR0_PE) == 0 || (rflags & RFLAGS_VM) != 0) {
            return Mode.REAL;
        }
        boolean code64 = sregs.get(ValueLayout.JAVA_BYTE, KvmSregs.CS + KvmSegment.L) != 0;
        return (cr(KvmSregs.EFER) & EFER_LMA) != 0 && code64 ? Mode.LONG : Mode.PROTECTED;
    }

    /** Privilege level: that of the stack segment, as the processor has it. */
    public int cpl() {
        return sregs.get(ValueLayout.JAVA_BYTE, KvmSregs.SS + KvmSegment.DPL);
    }

    /** Turns the state after power-on into that of {@code boot}. */
    public void enter(BootState boot) {
        if (boot.mode() == Mode.REAL) {
            segment(KvmSregs.CS, boot.segment(), (long) boot.segment() << 4);
        } else {
            boolean code64 = boot.mode() == Mode.LONG;
            flat(boot, code64);
            cr(KvmSregs.CR0, CR0_PE | CR0_MP | CR0_ET | CR0_NE | (code64 ? CR0_PG : 0));
            if (code64) {
                cr(KvmSregs.CR3, boot.pageTablesGpa());
                cr(KvmSregs.CR4, CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT);
                cr(KvmSregs.EFER, EFER_LME | EFER_LMA);
            }
        }
        if (boot.gdtGpa() != 0) {
            sregs.set(ValueLayout.JAVA_LONG, KvmSregs.GDT + KvmDtable.BASE, boot.gdtGpa());
            sregs.set(ValueLayout.JAVA_SHORT, KvmSregs.GDT + KvmDtable.LIMIT, (short) boot.gdtLimit());
        }
    }

    private void flat(BootState boot, boolean code64) {
        for (int i = 0; i < SEGMENTS; i++) {
            long at = KvmSregs.CS + (long) KvmSegment.BYTES * i;
            boolean code = i == 0;
            segment(at, code ? boot.codeSelector() : boot.dataSelector(), 0);
            sregs.set(ValueLayout.JAVA_INT, at + KvmSegment.LIMIT, -1);
            attribute(at + KvmSegment.TYPE, code ? CODE_READABLE : DATA_WRITABLE);
            attribute(at + KvmSegment.PRESENT, 1);
            attribute(at + KvmSegment.DPL, 0);
            attribute(at + KvmSegment.DB, code && code64 ? 0 : 1);
            attribute(at + KvmSegment.S, 1);
            attribute(at + KvmSegment.L, code && code64 ? 1 : 0);
            attribute(at + KvmSegment.G, 1);
            attribute(at + KvmSegment.UNUSABLE, 0);
        }
    }

    private void segment(long at, int selector, long base) {
        sregs.set(ValueLayout.JAVA_LONG, at + KvmSegment.BASE, base);
        sregs.set(ValueLayout.JAVA_SHORT, at + KvmSegment.SELECTOR, (short) selector);
    }

    private void attribute(long at, int value) {
        sregs.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }

    private long cr(long at) {
        return sregs.get(ValueLayout.JAVA_LONG, at);
    }

    private void cr(long at, long value) {
        sregs.set(ValueLayout.JAVA_LONG, at, value);
    }
}
