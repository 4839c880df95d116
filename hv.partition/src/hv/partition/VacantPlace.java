package hv.partition;

import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.HypercallHandler;
import hv.api.HypercallInput;
import hv.api.MsrHandler;
import hv.api.MsrRange;
import java.util.function.Supplier;

/**
 * Answers one VP's accesses to a place that nobody is in: the VP waits for a successor and then does again what it came for. If none comes
 * in time, an MSR is #GP and a call ends with HV_STATUS_TIME_OUT. On the VP's thread.
 */
final class VacantPlace implements MsrHandler {
    private final VpImpl vp;
    private final PartitionPlaces places;
    private final Slot slot;

    VacantPlace(VpImpl vp, PartitionPlaces places, Slot slot) {
        this.vp = vp;
        this.places = places;
        this.slot = slot;
    }

    @Override
    public long read(int msr) throws GuestFault {
        int index = msr - MsrRange.WINDOW_FIRST;
        return successor(() -> vp.routes().readers[index]).read(msr);
    }

    @Override
    public void write(int msr, long value) throws GuestFault {
        int index = msr - MsrRange.WINDOW_FIRST;
        successor(() -> vp.routes().writers[index]).write(msr, value);
    }

    private MsrHandler successor(Supplier<MsrHandler> route) throws GuestFault {
        long deadline = places.vacancyDeadlineNanos();
        while (places.awaitSuccessor(slot, deadline)) {
            MsrHandler successor = route.get();
            if (!(successor instanceof VacantPlace)) {
                return successor;
            }
            // It has left again meanwhile.
        }
        throw GuestFault.GENERAL_PROTECTION;
    }

    /** Who answers calls with {@code code}. */
    HypercallHandler call(int code) {
        return new VacantCall(code);
    }

    private final class VacantCall implements HypercallHandler {
        private final int index;

        VacantCall(int code) {
            index = Routes.callIndex(code);
        }

        @Override
        public int call(HypercallInput input) {
            long deadline = places.vacancyDeadlineNanos();
            while (places.awaitSuccessor(slot, deadline)) {
                HypercallHandler successor = vp.routes().handlers[index];
                if (successor == null) {
                    return HvStatus.INVALID_HYPERCALL_CODE;
                }
                if (!(successor instanceof VacantCall)) {
                    return successor.call(input);
                }
            }
            return HvStatus.TIME_OUT;
        }
    }
}
