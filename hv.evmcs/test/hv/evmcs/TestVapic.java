package hv.evmcs;

import hv.api.CpuidRegister;
import hv.api.GuestPage;
import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAssistPage;
import hv.api.enlightenment.VpAttachment;

/**
 * Stands in for hv-vapic: the VP assist page MSR and nothing else. It does not check where the page is, so that hostile
 * places get through.
 */
@ProvidesEnlightenment("vapic")
public final class TestVapic implements Enlightenment, Attachment {
    static final int VP_ASSIST_PAGE = 0x4000_0073;

    private static final CpuidBits ACCESS =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 4, "AccessIntrCtrlRegs");

    @Override
    public Descriptor descriptor() {
        return Descriptor.of(TestVapic.class)
                .title("APIC access", "a page for each processor")
                .section("Virtual Interrupt Controller")
                .cpuid(ACCESS)
                .msr(MsrRange.of(
                        VP_ASSIST_PAGE, "HV_X64_MSR_VP_ASSIST_PAGE", MsrRange.Access.READ_WRITE, Privilege.of(ACCESS)))
                .build();
    }

    @Override
    public Attachment attach(Partition partition) {
        return this;
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        return new Register();
    }

    private static final class Register implements VpAttachment, MsrHandler, VpAssistPage {
        private long value;

        @Override
        public MsrHandler msr(int msr) {
            return this;
        }

        @Override
        public long read(int msr) {
            return value;
        }

        @Override
        public void write(int msr, long written) {
            value = written;
        }

        @Override
        public boolean isEnabled() {
            return GuestPage.isEnabled(value);
        }

        @Override
        public long gpa() {
            return GuestPage.gpa(value);
        }

        @Override
        public void save(StateWriter out) {
            out.put("VpAssistPage", value);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            value = in.get("VpAssistPage");
        }

        @Override
        public void reset() {
            value = 0;
        }
    }
}
