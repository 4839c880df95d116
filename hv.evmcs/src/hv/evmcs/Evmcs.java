package hv.evmcs;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.Vendor;
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
import hv.api.nested.EnlightenedVmcs;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-evmcs: a hypervisor in the guest keeps its VMCS in plain memory, so that reading and writing a field costs no exit
 * (TLFS "Nested Virtualization: Enlightened VMCS").
 *
 * <p>The guest sees "use enlightened VMCS" among the recommendations and the supported versions, 1 to 1, in CPUID leaf
 * 0x4000000A. There is neither MSR nor hypercall: the guest names its page in the VP assist page, which is why hv-vapic
 * is required. The work is done by {@link EnlightenedVmcs}, for a VMM that offers VMX. AMD's VMCB is plain memory
 * anyway, so the flag is Intel's alone.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=evmcs")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("evmcs")
@RequiresEnlightenment("vapic")
public final class Evmcs implements Enlightenment {
    static final int LEAF_NESTED = 0x4000_000A;

    private static final Descriptor DESCRIPTOR = Descriptor.of(Evmcs.class)
            .title("Enlightened VMCS", "reads and writes the VMCS of its own guests without exits")
            .uses(Use.NESTED)
            .section("Nested Virtualization: Enlightened VMCS")
            .cpuid(CpuidBits.bit(
                    CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 14, "use the enlightened VMCS interface"))
            .cpuid(new CpuidBits(
                    LEAF_NESTED, CpuidRegister.EAX, 0xFFFF, 0x0101, "lowest and highest enlightened VMCS version"))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (configuration.host().vendor() == Vendor.AMD) {
            problems.accept(new Problem(
                    Problem.Severity.WILL_NOT_START,
                    "hv-evmcs",
                    "hv-evmcs needs an Intel CPU (AMD has no VMCS that could be enlightened)",
                    "leave hv-evmcs out; hv-emsr-bitmap and hv-tlbflush-direct work on AMD without it",
                    "hv-evmcs=off"));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return new Parts(partition.configuration().isEnabled("evmcs"));
    }

    /** The note for an enlightenment that an Intel guest can use through its enlightened VMCS only. */
    static void noteMissingEvmcs(String flag, Configuration configuration, Consumer<Problem> problems) {
        if (configuration.host().vendor() == Vendor.INTEL && !configuration.isEnabled("evmcs")) {
            problems.accept(new Problem(
                    Problem.Severity.NOTE,
                    flag,
                    flag + " has no effect on an Intel CPU without hv-evmcs",
                    "add hv-evmcs",
                    "hv-evmcs"));
        }
    }

    private static final class Parts implements Attachment, EnlightenedVmcs.OfPartition {
        private final List<EvmcsVp> vps = new CopyOnWriteArrayList<>();
        private final boolean isPromised;

        Parts(boolean isPromised) {
            this.isPromised = isPromised;
        }

        @Override
        public VpAttachment addVp(VirtualProcessor vp) {
            EvmcsVp part = new EvmcsVp(vp);
            vps.add(part);
            return part;
        }

        @Override
        public EnlightenedVmcs vp(int index) {
            return vps.get(index);
        }

        @Override
        public long filterCapability(int msr, long value) {
            return isPromised ? VmxCapabilities.filter(msr, value, false) : value;
        }
    }
}
