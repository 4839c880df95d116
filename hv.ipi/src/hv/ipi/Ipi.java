package hv.ipi;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.HypercallSpec.MemoryRule;
import hv.api.enlightenment.HypercallSpec.Reps;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import hv.api.enlightenment.Use;
import org.osgi.service.component.annotations.Component;

/**
 * hv-ipi: a guest sends an interrupt to a set of VPs by one call, instead of one write to the APIC's command register
 * for each.
 *
 * <pre>
 *   HvCallSendSyntheticClusterIpi    0x000B   +0 vector (32 bits), +4 target VTL, +8 mask of VPs 0 to 63
 *   HvCallSendSyntheticClusterIpiEx  0x0015   +0 vector (32 bits), +4 target VTL, +8 VP set: format, bank mask, banks
 * </pre>
 *
 * <p>In the fast form the same bytes come in RDX and R8, those of the Ex call go on in XMM0 to XMM5 (hv-xmm-input).
 * Every VP in the set that exists gets a fixed, edge-triggered interrupt, the caller too if it is in it. What is
 * checked, and in which order, is said at {@link IpiCalls}.
 *
 * <p>Leaf 0x40000004, EAX bit 10 recommends the call, bit 11 the Ex form; with hv-enforce-cpuid the first needs bit 10,
 * the other both (TLFS "Virtual Interrupt Controller: HvCallSendSyntheticClusterIpi").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=ipi")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("ipi")
@RequiresEnlightenment("vpindex")
public final class Ipi implements Enlightenment {
    static final int HV_CALL_SEND_SYNTHETIC_CLUSTER_IPI = 0x000B;
    static final int HV_CALL_SEND_SYNTHETIC_CLUSTER_IPI_EX = 0x0015;

    private static final CpuidBits CLUSTER_IPI_RECOMMENDED = CpuidBits.bit(
            CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 10, "Recommend using SyntheticClusterIpi hypercall");

    private static final CpuidBits EX_PROCESSOR_MASKS_RECOMMENDED =
            CpuidBits.bit(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 11, "Recommend using ExProcessorMasks");

    private static final Privilege CLUSTER_IPI_EX = new Privilege(
            "SyntheticClusterIpi and ExProcessorMasks",
            CpuidBits.LEAF_RECOMMENDATIONS,
            CpuidRegister.EAX,
            CLUSTER_IPI_RECOMMENDED.mask() | EX_PROCESSOR_MASKS_RECOMMENDED.mask(),
            Privilege.Rule.ALL_SET);

    private static final Descriptor DESCRIPTOR = Descriptor.of(Ipi.class)
            .title("IPI hypercalls", "interrupts many processors in one call")
            .uses(Use.WINDOWS, Use.LINUX)
            .section("Virtual Interrupt Controller: HvCallSendSyntheticClusterIpi")
            .cpuid(CLUSTER_IPI_RECOMMENDED)
            .cpuid(EX_PROCESSOR_MASKS_RECOMMENDED)
            .hypercall(HypercallSpec.simple(
                    HV_CALL_SEND_SYNTHETIC_CLUSTER_IPI,
                    "HvCallSendSyntheticClusterIpi",
                    16,
                    Privilege.of(CLUSTER_IPI_RECOMMENDED)))
            .hypercall(new HypercallSpec(
                    HV_CALL_SEND_SYNTHETIC_CLUSTER_IPI_EX,
                    "HvCallSendSyntheticClusterIpiEx",
                    Reps.NONE,
                    true,
                    24,
                    true,
                    MemoryRule.ANY_ADDRESS,
                    CLUSTER_IPI_EX))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return IpiCalls::new;
    }
}
