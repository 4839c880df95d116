package hv.kvm;

import hv.api.host.CpuRegisters.Mode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A {@code struct kvm_sregs}: segments, control registers, descriptor tables. Holds one copy, reused, so that a
 * hypercall can be asked for its mode without allocating. On one thread at a time.
 */
final class SystemRegisters {
    private static final int BYTES = 312;
    private static final long CS = 0;
    private static final int SEGMENT_BYTES = 24;
    /** CS, DS, ES, FS, GS, SS lie one behind the other. */
    private static final int SEGMENTS = 6;

    private static final long SS = 5 * SEGMENT_BYTES;
    private static final long GDT = 0xC0;
    private static final long CR0 = 0xE0;
    private static final long CR3 = 0xF0;
    private static final long CR4 = 0xF8;
    private static final long EFER = 0x108;

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

    SystemRegisters(Arena arena) {
        sregs = arena.allocate(BYTES, 8);
    }

    void fetch(Vcpu vcpu) {
        vcpu.fetch(Ioctl.KVM_GET_SREGS, sregs);
    }

    void store(Vcpu vcpu) {
        vcpu.handle().call(Ioctl.KVM_SET_SREGS, sregs);
    }

    /** Flips the bit that enables global pages, in this copy. */
    void flipGlobalPages() {
        cr(CR4, cr(CR4) ^ CR4_PGE);
    }

    /** The mode, given the flags register. */
    Mode mode(long rflags) {
        if ((cr(CR0) & CR0_PE) == 0 || (rflags & RFLAGS_VM) != 0) {
            return Mode.REAL;
        }
        boolean code64 = sregs.get(ValueLayout.JAVA_BYTE, CS + 19) != 0;
        return (cr(EFER) & EFER_LMA) != 0 && code64 ? Mode.LONG : Mode.PROTECTED;
    }

    /** Privilege level: that of the stack segment, as the processor has it. */
    int cpl() {
        return sregs.get(ValueLayout.JAVA_BYTE, SS + 16);
    }

    /** Turns the state after power-on into that of {@code boot}. */
    void enter(BootState boot) {
        if (boot.mode() == Mode.REAL) {
            segment(CS, boot.segment(), (long) boot.segment() << 4);
        } else {
            boolean code64 = boot.mode() == Mode.LONG;
            flat(boot, code64);
            cr(CR0, CR0_PE | CR0_MP | CR0_ET | CR0_NE | (code64 ? CR0_PG : 0));
            if (code64) {
                cr(CR3, boot.pageTablesGpa());
                cr(CR4, CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT);
                cr(EFER, EFER_LME | EFER_LMA);
            }
        }
        if (boot.gdtGpa() != 0) {
            sregs.set(ValueLayout.JAVA_LONG, GDT, boot.gdtGpa());
            sregs.set(ValueLayout.JAVA_SHORT, GDT + 8, (short) boot.gdtLimit());
        }
    }

    private void flat(BootState boot, boolean code64) {
        for (int i = 0; i < SEGMENTS; i++) {
            long at = (long) i * SEGMENT_BYTES;
            boolean code = i == 0;
            segment(at, code ? boot.codeSelector() : boot.dataSelector(), 0);
            sregs.set(ValueLayout.JAVA_INT, at + 8, -1);
            attribute(at, 14, code ? CODE_READABLE : DATA_WRITABLE);
            attribute(at, 15, 1); // present
            attribute(at, 16, 0); // dpl
            attribute(at, 17, code && code64 ? 0 : 1); // db: 32-bit
            attribute(at, 18, 1); // s: not a system segment
            attribute(at, 19, code && code64 ? 1 : 0); // l: 64-bit
            attribute(at, 20, 1); // g: limit in pages
            attribute(at, 22, 0); // unusable
        }
    }

    private void segment(long at, int selector, long base) {
        sregs.set(ValueLayout.JAVA_LONG, at, base);
        sregs.set(ValueLayout.JAVA_SHORT, at + 12, (short) selector);
    }

    private void attribute(long at, int offset, int value) {
        sregs.set(ValueLayout.JAVA_BYTE, at + offset, (byte) value);
    }

    private long cr(long at) {
        return sregs.get(ValueLayout.JAVA_LONG, at);
    }

    private void cr(long at, long value) {
        sregs.set(ValueLayout.JAVA_LONG, at, value);
    }
}
