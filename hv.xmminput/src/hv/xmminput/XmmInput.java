package hv.xmminput;

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
 * hv-xmm-input: leaf 0x40000003, EDX bit 4 tells a guest that a fast hypercall may go on in XMM registers.
 *
 * <p>A fast call has its input in registers: RDX and R8 hold the first 16 bytes, and with this bit XMM0 to XMM5 hold up
 * to 96 more. The guest then need not write a processor set to memory for the hypervisor to read it back.
 *
 * <p>The partition's decoder does the reading, for the calls that declare it: HvCallFlushVirtualAddressSpace and
 * HvCallFlushVirtualAddressList, their Ex forms, and HvCallSendSyntheticClusterIpiEx. With hv-enforce-cpuid and without
 * the bit the fast form of any of these is #UD, also where RDX and R8 would have been enough (KVM). No MSR, no state
 * (TLFS "Hypercall Interface: XMM Fast Hypercall Input").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=xmm-input")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("xmm-input")
public final class XmmInput implements Enlightenment {
    private static final Descriptor DESCRIPTOR = Descriptor.of(XmmInput.class)
            .title("XMM fast hypercall input", "passes processor sets and address lists in registers")
            .uses(Use.WINDOWS)
            .section("Hypercall Interface: XMM Fast Hypercall Input")
            .cpuid(CpuidBits.bit(
                    CpuidBits.LEAF_FEATURES, CpuidRegister.EDX, 4, "XMM registers for fast hypercall input"))
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
