package hv.replay;

import hv.hosted.HostedRegisters;

/** The registers of a 64-bit caller in ring 0 that makes a hypercall. One use, one thread. */
final class CallRegisters extends HostedRegisters {
    private final long input;

    /**
     * Registers before a call.
     *
     * @param control RCX
     * @param input RDX
     * @param output R8
     * @param xmm low and high halves of XMM0 to XMM5
     */
    CallRegisters(long control, long input, long output, long... xmm) {
        this.input = input;
        call(Mode.LONG, 0, control, input, output);
        for (int register = 0; register < XMM_REGISTERS; register++) {
            xmm(register, xmm[2 * register], xmm[2 * register + 1]);
        }
    }

    /** A copy of the registers as they were before the call. */
    CallRegisters fresh() {
        long[] xmm = new long[2 * XMM_REGISTERS];
        for (int register = 0; register < XMM_REGISTERS; register++) {
            xmm[2 * register] = xmmLow(register);
            xmm[2 * register + 1] = xmmHigh(register);
        }
        return new CallRegisters(rcx(), input, r8(), xmm);
    }

    /** Whether the call left alone what it must. */
    boolean isInputIntact() {
        return rdx() == input;
    }
}
