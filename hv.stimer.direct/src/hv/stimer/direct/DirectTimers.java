package hv.stimer.direct;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import hv.api.enlightenment.Use;
import org.osgi.service.component.annotations.Component;

/**
 * hv-stimer-direct: the promise that synthetic timers may interrupt directly.
 *
 * <p>A guest that sees bit 19 of leaf 0x40000003 EDX may set DirectMode (bit 12) in HV_X64_MSR_STIMERn_CONFIG: the
 * timer then requests the vector in bits 11:4 from the VP's own APIC when it expires, and leaves message pages, SINTs
 * and SCONTROL alone. A tick costs the guest one interrupt and no message to copy and acknowledge, which is why Linux
 * and Windows take their clock events from it.
 *
 * <p>How such a timer works is the timers' own business ({@code hv.stimer}). What is here is the permission: timers
 * take DirectMode if this is on, and, as in KVM, also where CPUID is not enforced; otherwise setting it is #GP.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=stimer-direct")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("stimer-direct")
@RequiresEnlightenment("stimer")
public final class DirectTimers implements Enlightenment {
    private static final Descriptor DESCRIPTOR = Descriptor.of(DirectTimers.class)
            .title(
                    "direct mode of synthetic timers",
                    "takes timer interrupts without a message to read and acknowledge")
            .uses(Use.WINDOWS, Use.LINUX)
            .section("Timers: Direct Synthetic Timers")
            .cpuid(CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EDX, 19, "DirectSyntheticTimers"))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return Attachment.NOTHING;
    }
}
