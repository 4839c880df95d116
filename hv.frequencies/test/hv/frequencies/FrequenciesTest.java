package hv.frequencies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.HostedHost;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FrequenciesTest implements EnlightenmentContract {
    private static final int TSC_FREQUENCY = 0x4000_0022;
    private static final int APIC_FREQUENCY = 0x4000_0023;

    @Override
    public Enlightenment enlightenment() {
        return new Frequencies();
    }

    @Test
    @DisplayName("QEMU: hv-frequencies sets AccessFrequencyRegs (EAX bit 11) and EDX bit 8 of leaf 0x40000003")
    void showsBothBits() {
        try (Guest guest = guest("")) {
            assertTrue((guest.cpuid().get(0x4000_0003, CpuidRegister.EAX) & 1 << 11) != 0);
            assertTrue((guest.cpuid().get(0x4000_0003, CpuidRegister.EDX) & 1 << 8) != 0);
        }
    }

    @Test
    @DisplayName("KVM: TSC_FREQUENCY is the guest TSC's, APIC_FREQUENCY 1 GHz, in Hz, the same on every VP")
    void readsTheHostsFrequencies() {
        HostedHost host = HostedHost.builder().tscFrequencyHz(2_596_105_000L).build();
        try (Guest guest = Guest.with(new Frequencies())
                .flags("hv-frequencies,hv-enforce-cpuid")
                .vps(2)
                .host(host)
                .start()) {
            for (int vp = 0; vp < 2; vp++) {
                assertEquals(2_596_105_000L, guest.rdmsr(vp, TSC_FREQUENCY));
                assertEquals(0x3B9A_CA00, guest.rdmsr(vp, APIC_FREQUENCY));
            }
        }
    }

    @Test
    @DisplayName("the APIC timer's frequency is the host's where it is not KVM's")
    void readsAnotherApicFrequency() {
        HostedHost host = HostedHost.builder().apicFrequencyHz(24_000_000).build();
        try (Guest guest =
                Guest.with(new Frequencies()).flags("hv-frequencies").host(host).start()) {
            assertEquals(24_000_000, guest.rdmsr(APIC_FREQUENCY));
        }
    }
}
