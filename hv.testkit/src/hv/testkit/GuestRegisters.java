package hv.testkit;

import hv.api.CpuRegisters;
import java.util.Arrays;

/**
 * The registers of a VP that makes a hypercall, as a test sets them. RAX is {@value #UNTOUCHED} before a 64-bit call,
 * so that a test sees whether it was written. One thread.
 */
public final class GuestRegisters implements CpuRegisters {
    /** RAX before a 64-bit call. */
    public static final long UNTOUCHED = 0x1122_3344_5566_7788L;

    private static final int XMM_QWORDS = 12;

    private final Mode mode;
    private final int cpl;
    private final long rbx;
    private final long rcx;
    private final long rsi;
    private final long rdi;
    private final long r8;
    private final long[] xmm;
    private long rax;
    private long rdx;

    private GuestRegisters(
            Mode mode, int cpl, long rax, long rbx, long rcx, long rdx, long rsi, long rdi, long r8, long... xmm) {
        if (xmm.length > XMM_QWORDS) {
            throw new IllegalArgumentException("XMM0 to XMM5 hold 12 words of 64 bits");
        }
        this.mode = mode;
        this.cpl = cpl;
        this.rax = rax;
        this.rbx = rbx;
        this.rcx = rcx;
        this.rdx = rdx;
        this.rsi = rsi;
        this.rdi = rdi;
        this.r8 = r8;
        this.xmm = Arrays.copyOf(xmm, XMM_QWORDS);
    }

    /**
     * A 64-bit caller in ring 0.
     *
     * @param control RCX
     * @param input RDX: address of the input, or its first 8 bytes
     * @param output R8: address of the output, or the next 8 bytes of input
     * @param xmm low and high halves of XMM0, XMM1 and so on; the rest is zero
     */
    public static GuestRegisters in64(long control, long input, long output, long... xmm) {
        return new GuestRegisters(Mode.LONG, 0, UNTOUCHED, 0, control, input, 0, 0, output, xmm);
    }

    /** A 32-bit caller in ring 0: the same operands in EDX:EAX, EBX:ECX and EDI:ESI. */
    public static GuestRegisters in32(long control, long input, long output, long... xmm) {
        return new GuestRegisters(
                Mode.PROTECTED,
                0,
                low(control),
                low(input >>> 32),
                low(input),
                low(control >>> 32),
                low(output),
                low(output >>> 32),
                0,
                xmm);
    }

    /** A caller in real mode. */
    public static GuestRegisters inRealMode(long control) {
        return new GuestRegisters(Mode.REAL, 0, low(control), 0, 0, low(control >>> 32), 0, 0, 0);
    }

    /** A 64-bit caller in ring {@code cpl}, 0 to 3. */
    public static GuestRegisters inRing(int cpl, long control) {
        return new GuestRegisters(Mode.LONG, cpl, UNTOUCHED, 0, control, 0, 0, 0, 0);
    }

    private static long low(long value) {
        return value & 0xFFFF_FFFFL;
    }

    /** The result value of the call: RAX, or EDX:EAX of a 32-bit caller. */
    public long result() {
        return mode == Mode.LONG ? rax : low(rdx) << 32 | low(rax);
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
