package hv.frequencies;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.ReferenceClock;
import hv.api.enlightenment.Use;
import hv.api.enlightenment.VpAttachment;
import org.osgi.service.component.annotations.Component;

/**
 * hv-frequencies: HV_X64_MSR_TSC_FREQUENCY (0x40000022) and HV_X64_MSR_APIC_FREQUENCY (0x40000023) tell a guest how
 * fast its time stamp counter and its local APIC timer run, in Hz.
 *
 * <p>A guest that reads them need not measure them against another timer, which takes time at boot and goes wrong when
 * the host is busy. Both are read-only, the same on every VP; a write is #GP. The TSC's is the frequency behind the
 * reference clock, and only changes when the guest is moved to another host: a guest that has been told so
 * ({@code hv-reenlightenment}) reads the new one here while its TSC still runs at the old. The APIC timer's is the
 * host's (KVM: 1 GHz).
 *
 * <p>Two CPUID bits belong to them: leaf 0x40000003, EAX bit 11 grants access and EDX bit 8 says that they are there.
 * Both are shown; KVM asks only for the first before it answers. No state.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=frequencies")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("frequencies")
public final class Frequencies implements Enlightenment {
    static final int HV_X64_MSR_TSC_FREQUENCY = 0x4000_0022;
    static final int HV_X64_MSR_APIC_FREQUENCY = 0x4000_0023;

    private static final CpuidBits ACCESS_FREQUENCY_REGS =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 11, "AccessFrequencyRegs");

    private static final CpuidBits FREQUENCY_REGS_AVAILABLE =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EDX, 8, "FrequencyRegsAvailable");

    private static final Descriptor DESCRIPTOR = Descriptor.of(Frequencies.class)
            .title("frequency MSRs", "reads the frequencies of its TSC and APIC timer instead of measuring them")
            .uses(Use.WINDOWS, Use.LINUX)
            .section("Feature and Interface Discovery: Partition Privileges, AccessFrequencyRegs")
            .cpuid(ACCESS_FREQUENCY_REGS)
            .cpuid(FREQUENCY_REGS_AVAILABLE)
            .msr(frequency(HV_X64_MSR_TSC_FREQUENCY, "HV_X64_MSR_TSC_FREQUENCY"))
            .msr(frequency(HV_X64_MSR_APIC_FREQUENCY, "HV_X64_MSR_APIC_FREQUENCY"))
            .build();

    private static MsrRange frequency(int msr, String name) {
        return MsrRange.of(msr, name, MsrRange.Access.READ_ONLY, Privilege.of(ACCESS_FREQUENCY_REGS));
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        ReferenceClock clock = partition.clock();
        long apicHz = partition.configuration().host().apicFrequencyHz();
        VpAttachment part = new VpAttachment() {
            @Override
            public MsrHandler msr(int msr) {
                return msr == HV_X64_MSR_TSC_FREQUENCY ? number -> clock.nativeTscFrequencyHz() : number -> apicHz;
            }
        };
        return vp -> part;
    }
}
