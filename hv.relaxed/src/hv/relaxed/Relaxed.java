package hv.relaxed;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.Use;
import org.osgi.service.component.annotations.Component;

/**
 * hv-relaxed: leaf 0x40000004, EAX bit 5 recommends relaxed timing.
 *
 * <p>A guest that sees the bit switches off the watchdogs that would stop it when a processor does not answer in time.
 * A virtual processor may be off the CPU for long without anything being wrong; without the bit Windows ends in a blue
 * screen on a busy host (TLFS "Feature and Interface Discovery", implementation recommendations). That is all: no MSR,
 * no call, no state.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=relaxed")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("relaxed")
public final class Relaxed implements Enlightenment {
    private static final Descriptor DESCRIPTOR = Descriptor.of(Relaxed.class)
            .title("relaxed timing", "does not take a late virtual processor for a dead one")
            .uses(Use.ESSENTIAL, Use.WINDOWS)
            .section("Feature and Interface Discovery: Implementation Recommendations")
            .cpuid(CpuidBits.bit(
                    CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 5, "Recommend using relaxed timing"))
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
