package hv.partition;

import hv.api.CpuRegisters;

/** The registers of a caller, set by a test. */
final class Registers implements CpuRegisters {
    Mode mode = Mode.LONG;
    int cpl;
    long rax = 0x1122_3344_5566_7788L;
    long rbx;
    long rcx;
    long rdx;
    long rsi;
    long rdi;
    long r8;
    final long[] xmm = new long[12];

    /** A 64-bit caller. */
    static Registers of64(long control, long input, long output) {
        Registers registers = new Registers();
        registers.rcx = control;
        registers.rdx = input;
        registers.r8 = output;
        return registers;
    }

    /** A 32-bit caller, with rubbish in the upper halves that must not matter. */
    static Registers of32(long control, long input, long output) {
        Registers registers = new Registers();
        registers.mode = Mode.PROTECTED;
        registers.rdx = control >>> 32 | 0xDEAD_0000_0000_0000L;
        registers.rax = control & 0xFFFF_FFFFL | 0xBEEF_0000_0000_0000L;
        registers.rbx = input >>> 32;
        registers.rcx = input & 0xFFFF_FFFFL;
        registers.rdi = output >>> 32;
        registers.rsi = output & 0xFFFF_FFFFL;
        return registers;
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public int cpl() {
        return cpl;
    }

    @Override
    public long rax() {
        return rax;
    }

    @Override
    public long rbx() {
        return rbx;
    }

    @Override
    public long rcx() {
        return rcx;
    }

    @Override
    public long rdx() {
        return rdx;
    }

    @Override
    public long rsi() {
        return rsi;
    }

    @Override
    public long rdi() {
        return rdi;
    }

    @Override
    public long r8() {
        return r8;
    }

    @Override
    public void rax(long value) {
        rax = value;
    }

    @Override
    public void rdx(long value) {
        rdx = value;
    }

    @Override
    public long xmmLow(int register) {
        return xmm[2 * register];
    }

    @Override
    public long xmmHigh(int register) {
        return xmm[2 * register + 1];
    }
}
