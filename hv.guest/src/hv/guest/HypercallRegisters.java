package hv.guest;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.hosted.HostedRegisters;
import java.util.Map;

/** The registers of a hosted VP while it makes a hypercall, of which the XMM registers live longer than the call. */
final class HypercallRegisters extends HostedRegisters {
    private static final String XMM_LOW = "XmmLow";
    private static final String XMM_HIGH = "XmmHigh";

    /** Loads what a call of a 64-bit kernel goes by. */
    void load(long page, long control, long input, long output) {
        call(Mode.LONG, 0, control, input, output);
        rax(page);
    }

    void save(Map<String, Long> to) {
        for (int register = 0; register < XMM_REGISTERS; register++) {
            to.put(XMM_LOW + register, xmmLow(register));
            to.put(XMM_HIGH + register, xmmHigh(register));
        }
    }

    void restore(SectionReader from) throws StateException {
        long[] low = from.values(XMM_LOW, XMM_REGISTERS);
        long[] high = from.values(XMM_HIGH, XMM_REGISTERS);
        for (int register = 0; register < XMM_REGISTERS; register++) {
            xmm(register, low[register], high[register]);
        }
    }
}
