package hv.replay;

import hv.api.CpuRegisters;

/** The registers of a 64-bit caller in ring 0 that makes a hypercall. One use, one thread. */
final class CallRegisters implements CpuRegisters {
    /** RAX before each call. */
    static final long UNTOUCHED = 0x1122_3344_5566_7788L;

    static final int XMM_REGISTERS = 6;

    private final long control;
    private final long input;
    private final long output;
    private final long[] xmm;
    private long rax = UNTOUCHED;
    private long rdx;

    /**
     * Registers before a call.
     *
     * @param control RCX
     * @param input RDX
     * @param output R8
     * @param xmm low and high halves of XMM0 to XMM5
     */
    CallRegisters(long control, long input, long output, long... xmm) {
        this.control = control;
        this.input = input;
        this.output = output;
        this.xmm = xmm.clone();
        this.rdx = input;
    }

    /** The same registers as they were before the call. */
    CallRegisters fresh() {
        return new CallRegisters(control, input, output, xmm);
    }

    /** Whether the call left alone what it must. */
    boolean isInputIntact() {
        return rdx == input;
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
        return control;
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
        return output;
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
