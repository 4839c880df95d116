package hv.hosted;

import hv.api.CpuRegisters;

/**
 * The registers of a caller without a CPU, in fields, for one call after another. What prepares calls of one kind
 * extends it. One thread.
 */
public class HostedRegisters implements CpuRegisters {
    /** RAX before each call of a 64-bit caller, so that it can be seen whether it was written. */
    public static final long UNTOUCHED = 0x1122_3344_5566_7788L;

    /** XMM0 to XMM5 are part of a call. */
    public static final int XMM_REGISTERS = 6;

    private final long[] xmm = new long[2 * XMM_REGISTERS];
    private Mode mode = Mode.LONG;
    private int cpl;
    private long rax = UNTOUCHED;
    private long rbx;
    private long rcx;
    private long rdx;
    private long rsi;
    private long rdi;
    private long r8;

    /**
     * Sets up a call: the control word and two operands where a caller in {@code caller} mode has them. XMM registers
     * keep what they hold.
     *
     * @param ring of the caller, 0 to 3
     * @param control RCX, or EDX:EAX
     * @param input RDX, or EBX:ECX
     * @param output R8, or EDI:ESI
     */
    public final void call(Mode caller, int ring, long control, long input, long output) {
        boolean isLong = caller == Mode.LONG;
        mode = caller;
        cpl = ring;
        rax = isLong ? UNTOUCHED : low(control);
        rbx = isLong ? 0 : input >>> 32;
        rcx = isLong ? control : low(input);
        rdx = isLong ? input : control >>> 32;
        rsi = isLong ? 0 : low(output);
        rdi = isLong ? 0 : output >>> 32;
        r8 = isLong ? output : 0;
    }

    /** Sets an XMM register, 0 to 5. */
    public final void xmm(int register, long low, long high) {
        xmm[2 * register] = low;
        xmm[2 * register + 1] = high;
    }

    /** The result value of the call: RAX, or EDX:EAX of a 32-bit caller. */
    public final long result() {
        return mode == Mode.LONG ? rax : rdx << 32 | low(rax);
    }

    private static long low(long value) {
        return value & 0xFFFF_FFFFL;
    }

    @Override
    public final Mode mode() {
        return mode;
    }

    @Override
    public final int cpl() {
        return cpl;
    }

    @Override
    public final long rax() {
        return rax;
    }

    @Override
    public final long rbx() {
        return rbx;
    }

    @Override
    public final long rcx() {
        return rcx;
    }

    @Override
    public final long rdx() {
        return rdx;
    }

    @Override
    public final long rsi() {
        return rsi;
    }

    @Override
    public final long rdi() {
        return rdi;
    }

    @Override
    public final long r8() {
        return r8;
    }

    @Override
    public final void rax(long value) {
        rax = value;
    }

    @Override
    public final void rdx(long value) {
        rdx = value;
    }

    @Override
    public final long xmmLow(int register) {
        return xmm[2 * register];
    }

    @Override
    public final long xmmHigh(int register) {
        return xmm[2 * register + 1];
    }
}
