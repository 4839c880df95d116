package hv.partition;

import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.HypercallHandler;
import hv.api.HypercallInput;
import hv.api.MsrHandler;
import hv.api.MsrRange;

/**
 * Answers one VP's accesses to a place that nobody is in: the VP waits for a successor and then does again what it came for. If none comes
 * in time, an MSR is #GP and a call ends with HV_STATUS_TIME_OUT. On the VP's thread.
 */
final class VacantPlace implements MsrHandler {
    private final VpImpl vp;
    private final Slot slot;

    VacantPlace(VpImpl vp, Slot slot) {
        this.vp = vp;
        this.slot = slot;
    }

    @Override
    public long read(int msr) throws GuestFault {
        MsrHandler successor = awaited() ? vp.routes().readers[msr - MsrRange.WINDOW_FIRST] : this;
        if (successor instanceof VacantPlace) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        return successor.read(msr);
    }

    @Override
    public void write(int msr, long value) throws GuestFault {
        MsrHandler successor = awaited() ? vp.routes().writers[msr - MsrRange.WINDOW_FIRST] : this;
        if (successor instanceof VacantPlace) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        successor.write(msr, value);
    }

    /** Who answers calls with {@code code}. */
    HypercallHandler call(int code) {
        return new VacantCall(code);
    }

    private boolean awaited() {
        return vp.partition().awaitSuccessor(true, slot);
    }

    private final class VacantCall implements HypercallHandler {
        private final int index;

        VacantCall(int code) {
            index = Routes.callIndex(code);
        }

        @Override
        public int call(HypercallInput input) {
            HypercallHandler successor = awaited() ? vp.routes().handlers[index] : this;
            if (successor == null || successor instanceof VacantCall) {
                return HvStatus.TIME_OUT;
            }
            return successor.call(input);
        }
    }
}
