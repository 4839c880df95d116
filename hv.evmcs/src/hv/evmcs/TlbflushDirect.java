package hv.evmcs;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import hv.api.enlightenment.Use;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.nested.DirectFlush;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-tlbflush-direct: the TLB flush calls of a guest's guest go straight to the host, past the hypervisor in between
 * (TLFS "Nested Virtualization: Direct Virtual Flush").
 *
 * <p>The guest sees one bit in CPUID leaf 0x4000000A. It opts in twice, with bit 0 of EnlightenmentsControl in the
 * enlightened VMCS (Intel, so hv-evmcs is wanted there) or VMCB (AMD), and with DirectHypercall in the VP assist page,
 * which is why hv-vapic is required. The work is done by {@link DirectFlush}, for a VMM that offers nested
 * virtualization.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=tlbflush-direct")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("tlbflush-direct")
@RequiresEnlightenment("vapic")
public final class TlbflushDirect implements Enlightenment {
    private static final Descriptor DESCRIPTOR = Descriptor.of(TlbflushDirect.class)
            .title("Direct TLB flush", "lets its own guests flush TLBs without being woken for it")
            .uses(Use.NESTED)
            .section("Nested Virtualization: Direct Virtual Flush")
            .cpuid(CpuidBits.bit(Evmcs.LEAF_NESTED, CpuidRegister.EAX, 17, "direct virtual flush"))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        Evmcs.noteMissingEvmcs("hv-tlbflush-direct", configuration, problems);
    }

    @Override
    public Attachment attach(Partition partition) {
        return new Parts();
    }

    private static final class Parts implements Attachment, DirectFlush.OfPartition {
        private final List<DirectFlushVp> vps = new CopyOnWriteArrayList<>();

        @Override
        public VpAttachment addVp(VirtualProcessor vp) {
            DirectFlushVp part = new DirectFlushVp(vp, this);
            vps.add(part);
            return part;
        }

        @Override
        public DirectFlush vp(int index) {
            return vps.get(index);
        }
    }
}
