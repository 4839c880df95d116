package hv.partition.places;

import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.VpAttachment;
import hv.partition.vp.Routes;
import hv.partition.vp.VpImpl;
import java.util.function.Supplier;

/**
 * Answers one VP's accesses to a place that nobody is in: the VP waits for a successor and then does again what it came
 * for. If none comes in time, an MSR is #GP and a call ends with HV_STATUS_TIME_OUT. On the VP's thread.
 */
public final class VacantPlace implements VpAttachment, MsrHandler {
    private final VpImpl vp;
    private final Vacancies vacancies;
    private final Place place;

    VacantPlace(VpImpl vp, Vacancies vacancies, Place place) {
        this.vp = vp;
        this.vacancies = vacancies;
        this.place = place;
    }

    @Override
    public long read(int msr) throws GuestFault {
        int index = msr - MsrRange.WINDOW_FIRST;
        return successor(() -> vp.routes().reader(index)).read(msr);
    }

    @Override
    public void write(int msr, long value) throws GuestFault {
        int index = msr - MsrRange.WINDOW_FIRST;
        successor(() -> vp.routes().writer(index)).write(msr, value);
    }

    private MsrHandler successor(Supplier<MsrHandler> route) throws GuestFault {
        long deadline = vacancies.deadlineNanos();
        while (vacancies.awaitSuccessor(place, deadline)) {
            MsrHandler successor = route.get();
            if (!(successor instanceof VacantPlace)) {
                return successor;
            }
            // It has left again meanwhile.
        }
        throw GuestFault.GENERAL_PROTECTION;
    }

    @Override
    public MsrHandler msr(int msr) {
        return this;
    }

    @Override
    public HypercallHandler hypercall(int code) {
        return new VacantCall(code);
    }

    private final class VacantCall implements HypercallHandler {
        private final int index;

        VacantCall(int code) {
            index = Routes.callIndex(code);
        }

        @Override
        public int call(HypercallInput input) {
            long deadline = vacancies.deadlineNanos();
            while (vacancies.awaitSuccessor(place, deadline)) {
                HypercallHandler successor = vp.routes().handler(index);
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
