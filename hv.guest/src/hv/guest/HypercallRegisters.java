package hv.guest;

import hv.api.CpuRegisters;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.util.Map;

/** The registers of a hosted VP while it makes a hypercall: 64-bit mode, kernel privilege. */
final class HypercallRegisters implements CpuRegisters {
    private static final int XMM_REGISTERS = 6;
    private static final String XMM_LOW = "XmmLow";
    private static final String XMM_HIGH = "XmmHigh";

    private final long[] xmmLow = new long[XMM_REGISTERS];
    private final long[] xmmHigh = new long[XMM_REGISTERS];
    private long rax;
    private long rcx;
    private long rdx;
    private long r8;

    /** Loads what a call goes by. */
    void load(long page, long control, long input, long output) {
        rax = page;
        rcx = control;
        rdx = input;
        r8 = output;
    }

    void xmm(int register, long low, long high) {
        xmmLow[register] = low;
        xmmHigh[register] = high;
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
        return xmmLow[register];
    }

    @Override
    public long xmmHigh(int register) {
        return xmmHigh[register];
    }

    /** The registers that live longer than a call. */
    void save(Map<String, Long> to) {
        for (int register = 0; register < XMM_REGISTERS; register++) {
            to.put(XMM_LOW + register, xmmLow[register]);
            to.put(XMM_HIGH + register, xmmHigh[register]);
        }
    }

    void restore(SectionReader from) throws StateException {
        System.arraycopy(from.values(XMM_LOW, XMM_REGISTERS), 0, xmmLow, 0, XMM_REGISTERS);
        System.arraycopy(from.values(XMM_HIGH, XMM_REGISTERS), 0, xmmHigh, 0, XMM_REGISTERS);
    }
}
