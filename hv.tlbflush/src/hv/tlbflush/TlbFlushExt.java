package hv.tlbflush;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import hv.api.enlightenment.Use;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * hv-tlbflush-ext: leaf 0x40000003, EDX bit 14 tells a guest that the ranges of HvCallFlushVirtualAddressList may have
 * the extended form.
 *
 * <p>A simple range is a page number and, in bits 11:0, the number of pages that follow it. The extended form, which a
 * guest chooses by flag 3 of the call, uses bit 11 for "large pages": ranges of 2 MiB or 1 GiB pages, more memory in
 * one entry. Since {@link TlbFlush} flushes all that a target has cached, it is right for either form and need not know
 * which it was. No MSR, no call of its own, no state (TLFS "Virtual Memory: HvCallFlushVirtualAddressList").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=tlbflush-ext")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("tlbflush-ext")
@RequiresEnlightenment("tlbflush")
public final class TlbFlushExt implements Enlightenment {
    private static final Descriptor DESCRIPTOR = Descriptor.of(TlbFlushExt.class)
            .title("extended GVA ranges for TLB flush", "names large ranges of addresses in one entry")
            .uses(Use.WINDOWS)
            .section("Virtual Memory: HvCallFlushVirtualAddressList")
            .cpuid(CpuidBits.bit(
                    CpuidBits.LEAF_FEATURES,
                    CpuidRegister.EDX,
                    14,
                    "Extended GVA ranges for HvCallFlushVirtualAddressList"))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    /** Nothing is said of a list that the host's guests are not told to use. */
    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        return configuration.host().tlbFlush() ? DESCRIPTOR.cpuid() : List.of();
    }

    @Override
    public Attachment attach(Partition partition) {
        return Attachment.NOTHING;
    }
}
