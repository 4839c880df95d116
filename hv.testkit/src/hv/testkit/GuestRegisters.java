package hv.testkit;

import hv.hosted.HostedRegisters;

/**
 * The registers of a VP that makes a hypercall, as a test sets them. RAX is {@value #UNTOUCHED} before a 64-bit call,
 * so that a test sees whether it was written. One thread.
 */
public final class GuestRegisters extends HostedRegisters {
    private GuestRegisters(Mode mode, int cpl, long control, long input, long output, long... xmm) {
        if (xmm.length > 2 * XMM_REGISTERS) {
            throw new IllegalArgumentException("XMM0 to XMM5 hold 12 words of 64 bits");
        }
        call(mode, cpl, control, input, output);
        for (int i = 0; i < xmm.length; i += 2) {
            xmm(i / 2, xmm[i], i + 1 < xmm.length ? xmm[i + 1] : 0);
        }
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
        return new GuestRegisters(Mode.LONG, 0, control, input, output, xmm);
    }

    /** A 32-bit caller in ring 0: the same operands in EDX:EAX, EBX:ECX and EDI:ESI. */
    public static GuestRegisters in32(long control, long input, long output, long... xmm) {
        return new GuestRegisters(Mode.PROTECTED, 0, control, input, output, xmm);
    }

    /** A caller in real mode. */
    public static GuestRegisters inRealMode(long control) {
        return new GuestRegisters(Mode.REAL, 0, control, 0, 0);
    }

    /** A 64-bit caller in ring {@code cpl}, 0 to 3. */
    public static GuestRegisters inRing(int cpl, long control) {
        return new GuestRegisters(Mode.LONG, cpl, control, 0, 0);
    }
}
