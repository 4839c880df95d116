package hv.fuzz.guest;

import hv.fuzz.target.Choices;
import hv.hosted.HostedRegisters;

/** The registers of a VP that makes a call, for use again and again. One thread. */
public final class CallRegisters extends HostedRegisters {
    /** Sets XMM0 to XMM5 to what a caller may have there. */
    public void fillXmm(Choices choices) {
        for (int register = 0; register < XMM_REGISTERS; register++) {
            long low = half(choices);
            xmm(register, low, half(choices));
        }
    }

    private static long half(Choices choices) {
        return choices.oneIn(3) ? CallChoice.qword(choices) : 0;
    }
}
