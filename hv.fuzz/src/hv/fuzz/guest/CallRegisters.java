package hv.fuzz.guest;

import hv.api.CpuRegisters;
import hv.fuzz.target.Choices;

/** The registers of a VP that makes a call, for use again and again. One thread. */
public final class CallRegisters implements CpuRegisters {
    /** RAX before the call of a 64-bit caller. */
    static final long UNTOUCHED = 0x1122_3344_5566_7788L;

    private final long[] xmm = new long[12];
    private Mode mode = Mode.LONG;
    private int cpl;
    private long rax;
    private long rbx;
    private long rcx;
    private long rdx;
    private long rsi;
    private long rdi;
    private long r8;

    /** Sets up a call: the control word and two operands where a caller in {@code caller} mode has them. */
    public void call(Mode caller, int ring, long control, long input, long output) {
        mode = caller;
        cpl = ring;
        boolean isLong = caller == Mode.LONG;
        rax = isLong ? UNTOUCHED : low(control);
        rbx = isLong ? 0 : input >>> 32;
        rcx = isLong ? control : low(input);
        rdx = isLong ? input : control >>> 32;
        rsi = isLong ? 0 : low(output);
        rdi = isLong ? 0 : output >>> 32;
        r8 = isLong ? output : 0;
    }

    /** Sets XMM0 to XMM5 to what a caller may have there. */
    public void fillXmm(Choices choices) {
        for (int i = 0; i < xmm.length; i++) {
            xmm[i] = choices.oneIn(3) ? CallChoice.qword(choices) : 0;
        }
    }

    private static long low(long value) {
        return value & 0xFFFF_FFFFL;
    }

    /** The result value. */
    public long result() {
        return mode == Mode.LONG ? rax : rdx << 32 | low(rax);
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
