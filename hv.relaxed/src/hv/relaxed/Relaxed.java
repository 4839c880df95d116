package hv.relaxed;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.Attachment;
import hv.api.CpuidBits;
import hv.api.CpuidRegister;
import hv.api.Descriptor;
import hv.api.Enlightenment;
import hv.api.Partition;
import hv.api.ProvidesEnlightenment;
import hv.api.Use;
import org.osgi.service.component.annotations.Component;

/**
 * hv-relaxed: leaf 0x40000004, EAX bit 5 recommends relaxed timing.
 *
 * <p>A guest that sees the bit switches off the watchdogs that would stop it when a processor does not answer in time. A virtual
 * processor may be off the CPU for long without anything being wrong; without the bit Windows ends in a blue screen on a busy
 * host (TLFS "Feature and Interface Discovery", implementation recommendations). That is all: no MSR, no call, no state.
 */
@Component(service = Enlightenment.class)
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
