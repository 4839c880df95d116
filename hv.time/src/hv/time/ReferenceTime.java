package hv.time;

import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.ClockListener;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.ReferenceClock;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.util.ArrayList;
import java.util.List;

/**
 * The reference time of one partition, shared by its VPs.
 *
 * <p>A restore does not touch guest memory: that may be filled after it, and the restore may yet fail elsewhere. It
 * marks the page as stale and rings every VP; the first to come by, before it enters the guest, writes the page, and
 * others wait for it.
 */
final class ReferenceTime implements Attachment, ClockListener {
    private static final String REFERENCE_TSC = "HV_X64_MSR_REFERENCE_TSC";

    private final ReferenceTscPage page;
    private final MsrHandler counter;
    private final List<Doorbell> doorbells = new ArrayList<>();

    ReferenceTime(Partition partition) {
        ReferenceClock clock = partition.clock();
        page = new ReferenceTscPage(partition.memory(), clock);
        // What the page's formula gives, whatever the guest's TSC is.
        counter = number -> clock.time100ns(clock.tsc());
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        doorbells.add(vp.doorbell(page::refreshIfStale));
        return new VpAttachment() {
            @Override
            public MsrHandler msr(int msr) {
                return msr == Time.HV_X64_MSR_REFERENCE_TSC ? page : counter;
            }
        };
    }

    @Override
    public void save(StateWriter out) {
        out.put(REFERENCE_TSC, page.register());
    }

    /** Takes the register; there is no value that it may not have. */
    @Override
    public void restore(StateReader in) throws StateException {
        page.restore(in.get(REFERENCE_TSC));
        doorbells.forEach(Doorbell::ring);
    }

    @Override
    public void clockChanged() {
        page.follow();
    }

    @Override
    public void reset() {
        page.reset();
    }
}
