package hv.vpindex;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.Attachment;
import hv.api.CpuidBits;
import hv.api.CpuidRegister;
import hv.api.Descriptor;
import hv.api.Enlightenment;
import hv.api.MsrHandler;
import hv.api.MsrRange;
import hv.api.Partition;
import hv.api.Privilege;
import hv.api.ProvidesEnlightenment;
import hv.api.Use;
import hv.api.VirtualProcessor;
import hv.api.VpAttachment;
import org.osgi.service.component.annotations.Component;

/**
 * hv-vpindex: HV_X64_MSR_VP_INDEX (0x40000002) tells a guest which virtual processor it runs on.
 *
 * <p>The guest reads a number from 0 to the number of VPs less 1, the same for as long as the VP lives. It names VPs by it
 * wherever the interface takes a processor: in the masks of the TLB flush and IPI calls, in timer and
 * re-enlightenment targets. Hence those require this one. The register is read-only; a write is #GP (TLFS "Virtual Processor
 * Index").
 *
 * <p>Nothing is stored: the index is the VP's own.
 */
@Component(service = Enlightenment.class)
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("vpindex")
public final class VpIndex implements Enlightenment, Attachment {
    static final int HV_X64_MSR_VP_INDEX = 0x4000_0002;

    private static final CpuidBits ACCESS_VP_INDEX =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 6, "AccessVpIndex");

    private static final Descriptor DESCRIPTOR = Descriptor.of(VpIndex.class)
            .title("VP index MSR", "names its processors in calls that take a set of them")
            .uses(Use.WINDOWS, Use.LINUX)
            .section("Virtual Processors: Virtual Processor Index")
            .cpuid(ACCESS_VP_INDEX)
            .msr(MsrRange.of(
                    HV_X64_MSR_VP_INDEX,
                    "HV_X64_MSR_VP_INDEX",
                    MsrRange.Access.READ_ONLY,
                    Privilege.of(ACCESS_VP_INDEX)))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return this;
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        long index = vp.index();
        return new VpAttachment() {
            @Override
            public MsrHandler msr(int msr) {
                return number -> index;
            }
        };
    }
}
