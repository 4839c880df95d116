package hv.reenlightenment;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.Use;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-reenlightenment: a guest is told when its time stamp counter has another frequency than before, and until it is
 * ready for the new one it keeps the old. For guests that are hypervisors themselves and have given their own guests a
 * clock made from the TSC.
 *
 * <pre>
 *   HV_X64_MSR_REENLIGHTENMENT_CONTROL  0x40000106  7:0 vector, 16 enabled, 63:32 target VP
 *   HV_X64_MSR_TSC_EMULATION_CONTROL    0x40000107  0 enabled
 *   HV_X64_MSR_TSC_EMULATION_STATUS     0x40000108  0 in progress
 *   HV_X64_MSR_TSC_INVARIANT_CONTROL    0x40000118  0 expose the invariant TSC
 * </pre>
 *
 * <p>All are the partition's: one copy, whichever VP asks. The first two take any value. The status takes 0 only; the
 * invariant control 0 and 1, and not 0 once it is 1; everything else is #GP (KVM).
 *
 * <p><b>What happens when the frequency changes</b>, because the guest was moved to another host:
 *
 * <ol>
 *   <li>If the guest has set bit 0 of TSC_EMULATION_CONTROL and the host can do it, RDTSC goes on at the old frequency,
 *   the reference
 *       TSC page stays as it is, and TSC_EMULATION_STATUS reads 1. Otherwise the page is rewritten at once.
 *   <li>If the guest has set bit 16 of REENLIGHTENMENT_CONTROL, the target VP gets the interrupt.
 *   <li>The guest reads the new frequency (hv-frequencies), tells its own guests, and writes 0 to TSC_EMULATION_STATUS.
 *   <li>From then on RDTSC runs at the new frequency, and the page is rewritten with a new sequence. Reference time
 *   never jumps.
 * </ol>
 *
 * <p>KVM has the registers alone: on it a guest may only be moved where the old frequency can be kept. Leaf 0x40000003,
 * EAX bit 13 grants access to the first three. The last needs EAX bit 15, which QEMU has no flag for: it answers when
 * CPUID is not enforced (TLFS "Timers: Reenlightenment", "Virtual Processors: Invariant TSC").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=reenlightenment")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("reenlightenment")
public final class Reenlightenment implements Enlightenment {
    static final int HV_X64_MSR_REENLIGHTENMENT_CONTROL = 0x4000_0106;
    static final int HV_X64_MSR_TSC_EMULATION_CONTROL = 0x4000_0107;
    static final int HV_X64_MSR_TSC_EMULATION_STATUS = 0x4000_0108;
    static final int HV_X64_MSR_TSC_INVARIANT_CONTROL = 0x4000_0118;

    private static final String TSC_FREQUENCY = "tsc-frequency";

    private static final CpuidBits ACCESS_REENLIGHTENMENT_CONTROLS =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 13, "AccessReenlightenmentControls");

    private static final Privilege REENLIGHTENMENT_CONTROLS = Privilege.of(ACCESS_REENLIGHTENMENT_CONTROLS);

    /** Never granted: the bit is in nobody's descriptor. */
    private static final Privilege TSC_INVARIANT_CONTROLS =
            Privilege.of(CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 15, "AccessTscInvariantControls"));

    private static final Descriptor DESCRIPTOR = Descriptor.of(Reenlightenment.class)
            .title("reenlightenment MSRs", "keeps its own guests' clocks right when it is moved to another host")
            .uses(Use.NESTED)
            .section("Timers: Reenlightenment")
            .recommends("frequencies")
            .cpuid(ACCESS_REENLIGHTENMENT_CONTROLS)
            .msr(control(HV_X64_MSR_REENLIGHTENMENT_CONTROL, "HV_X64_MSR_REENLIGHTENMENT_CONTROL"))
            .msr(control(HV_X64_MSR_TSC_EMULATION_CONTROL, "HV_X64_MSR_TSC_EMULATION_CONTROL"))
            .msr(control(HV_X64_MSR_TSC_EMULATION_STATUS, "HV_X64_MSR_TSC_EMULATION_STATUS"))
            .msr(MsrRange.of(
                    HV_X64_MSR_TSC_INVARIANT_CONTROL,
                    "HV_X64_MSR_TSC_INVARIANT_CONTROL",
                    MsrRange.Access.READ_WRITE,
                    TSC_INVARIANT_CONTROLS))
            .build();

    private static MsrRange control(int msr, String name) {
        return MsrRange.of(msr, name, MsrRange.Access.READ_WRITE, REENLIGHTENMENT_CONTROLS);
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    /**
     * QEMU's rule, which shows only when the guest has been moved: it refuses to take one in without a frequency that
     * was fixed.
     */
    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (configuration.host().anyTscFrequency()
                || configuration.foreign(TSC_FREQUENCY).isPresent()) {
            return;
        }
        String fixed = TSC_FREQUENCY + "=" + configuration.host().tscFrequencyHz();
        problems.accept(new Problem(
                Problem.Severity.BLOCKS_MIGRATION,
                DESCRIPTOR.flag(),
                "a guest with hv-reenlightenment cannot be moved unless its TSC frequency is fixed (\"Guest enabled re-enlightenment notifications, 'tsc-frequency=' has to be specified\")",
                "add " + fixed + ", in Hz, the frequency of the host it starts on",
                fixed));
    }

    @Override
    public Attachment attach(Partition partition) {
        return new ReenlightenmentRegisters(partition);
    }
}
