package hv.bench.calls;

import hv.api.CpuRegisters;

/** The registers of a 64-bit caller in ring 0. */
final class CallRegisters implements CpuRegisters {
    private long rax;
    private long rcx;
    private long rdx;
    private long r8;

    CallRegisters set(long control, long input, long output) {
        rcx = control;
        rdx = input;
        r8 = output;
        return this;
    }

    @Override
    public Mode mode() {
        return Mode.LONG;
    }

    @Override
    public int cpl() {
        return 0;
    }

    @Override
    public long rax() {
        return rax;
    }

    @Override
    public long rbx() {
        return 0;
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
        return 0;
    }

    @Override
    public long rdi() {
        return 0;
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
        return 0;
    }

    @Override
    public long xmmHigh(int register) {
        return 0;
    }
}
