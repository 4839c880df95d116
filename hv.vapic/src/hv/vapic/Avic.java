package hv.vapic;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.ProvidesEnlightenment;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-avic, also called hv-apicv: leaf 0x40000004, EAX bit 9 asks a guest not to use AutoEOI.
 *
 * <p>For hosts whose processor virtualizes the APIC (AMD AVIC, Intel APICv). There, ending an interrupt costs the guest
 * no exit, while a SINT with AutoEOI needs the hypervisor's hand at every interrupt, so that KVM has to switch the
 * hardware off for the whole guest as soon as one is programmed. For the same reason {@link VirtualApic} no longer
 * recommends its MSRs when this flag is on; they stay accessible. No MSR, no call, no state (TLFS "Feature and
 * Interface Discovery", implementation recommendations).
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=avic")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("avic")
public final class Avic implements Enlightenment {
    private static final String FLAG = "hv-avic";

    private static final Descriptor DESCRIPTOR = Descriptor.of(Avic.class)
            .title("AVIC/APICv support", "leaves its APIC to the processor where that virtualizes it")
            .section("Feature and Interface Discovery: Implementation Recommendations")
            .option(FlagOption.ofSwitch(FLAG))
            .option(FlagOption.ofSwitch("hv-apicv"))
            .cpuid(CpuidBits.bit(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 9, "Recommend deprecating AutoEOI"))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (!configuration.host().apicVirtualization()) {
            problems.accept(new Problem(
                    Problem.Severity.SLOWER,
                    FLAG,
                    "hv-avic makes interrupts cost more here, since the processor has no AVIC or APICv, or KVM does not use it"
                            + " (kvm_intel's parameter enable_apicv, kvm_amd's avic)",
                    "leave hv-avic out, or switch it on in KVM",
                    FLAG + "=off"));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return Attachment.NOTHING;
    }
}
