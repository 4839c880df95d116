package hv.vpindex;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.Use;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import org.osgi.service.component.annotations.Component;

/**
 * hv-vpindex: HV_X64_MSR_VP_INDEX (0x40000002) tells a guest which virtual processor it runs on.
 *
 * <p>The guest reads a number from 0 to the number of VPs less 1, the same for as long as the VP lives. It names VPs by
 * it wherever the interface takes a processor: in the masks of the TLB flush and IPI calls, in timer and
 * re-enlightenment targets. Hence those require this one. The register is read-only; a write is #GP (TLFS "Virtual
 * Processor Index").
 *
 * <p>Nothing is stored: the index is the VP's own.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=vpindex")
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
