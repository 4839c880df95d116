package hv.vapic;

import hv.api.StateException;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAssistPage;
import hv.api.enlightenment.VpAttachment;

/**
 * The part of one VP. Its only state is the assist page's register: EOI, ICR and TPR live in the APIC, which the VMM
 * saves and resets.
 *
 * <p>After a restore or a reset the APIC must be told where the page is now, which has to happen on the VP's thread
 * and, after a restore, once guest memory is filled: a doorbell sees to both.
 */
final class VapicPart implements VpAttachment, VpAssistPage {
    private static final String VP_ASSIST_PAGE = "HV_X64_MSR_VP_ASSIST_PAGE";

    private final ApicAccess access;
    private final AssistPage page;
    private final Doorbell follow;

    VapicPart(VirtualProcessor vp) {
        access = new ApicAccess(vp);
        page = new AssistPage(vp.partition().memory(), access);
        follow = vp.doorbell(page::follow);
    }

    @Override
    public MsrHandler msr(int msr) {
        return switch (msr) {
            case VirtualApic.HV_X64_MSR_EOI -> access.eoi();
            case VirtualApic.HV_X64_MSR_ICR -> access.icr();
            case VirtualApic.HV_X64_MSR_TPR -> access.tpr();
            default -> page;
        };
    }

    @Override
    public boolean isEnabled() {
        return page.isEnabled();
    }

    @Override
    public long gpa() {
        return page.gpa();
    }

    @Override
    public void save(StateWriter out) {
        out.put(VP_ASSIST_PAGE, page.register());
    }

    @Override
    public void restore(StateReader in) throws StateException {
        page.restore(in.get(VP_ASSIST_PAGE));
        follow.ring();
    }

    @Override
    public void reset() {
        page.reset();
        follow.ring();
    }
}
