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
import hv.api.enlightenment.Use;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.nested.MsrBitmapMerge;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-emsr-bitmap: a hypervisor in the guest says when it has changed an MSR bitmap, so that the host need not merge it
 * with its own at every entry (TLFS "Nested Virtualization: Enlightened MSR Bitmap").
 *
 * <p>The guest sees one bit in CPUID leaf 0x4000000A. It opts in with bit 1 of EnlightenmentsControl, in the
 * enlightened VMCS (Intel, so hv-evmcs is wanted there) or in the VMCB (AMD), and from then on clears a clean bit
 * whenever it changes the bitmap. The work is done by {@link MsrBitmapMerge}, for a VMM that offers nested
 * virtualization.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=emsr-bitmap")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("emsr-bitmap")
public final class EmsrBitmap implements Enlightenment {
    private static final Descriptor DESCRIPTOR = Descriptor.of(EmsrBitmap.class)
            .title("Enlightened MSR bitmap", "enters its own guests faster while their MSR bitmap stays")
            .uses(Use.NESTED)
            .section("Nested Virtualization: Enlightened MSR Bitmap")
            .cpuid(CpuidBits.bit(Evmcs.LEAF_NESTED, CpuidRegister.EAX, 19, "enlightened MSR bitmap"))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        Evmcs.noteMissingEvmcs("hv-emsr-bitmap", configuration, problems);
    }

    @Override
    public Attachment attach(Partition partition) {
        return new Parts();
    }

    private static final class Parts implements Attachment, MsrBitmapMerge.OfPartition {
        private final List<MsrBitmapVp> vps = new CopyOnWriteArrayList<>();

        @Override
        public VpAttachment addVp(VirtualProcessor vp) {
            MsrBitmapVp part = new MsrBitmapVp(vp);
            vps.add(part);
            return part;
        }

        @Override
        public MsrBitmapMerge vp(int index) {
            return vps.get(index);
        }
    }
}
