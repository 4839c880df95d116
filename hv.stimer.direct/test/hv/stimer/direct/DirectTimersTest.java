package hv.stimer.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.Interrupt;
import hv.stimer.SyntheticTimers;
import hv.synic.Synic;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import hv.time.Time;
import hv.vpindex.VpIndex;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Direct mode of synthetic timers")
class DirectTimersTest implements EnlightenmentContract {
    private static final int CONFIG = 0x4000_00B0;
    private static final int COUNT = 0x4000_00B1;
    private static final long VECTOR_0X30_DIRECT_ENABLE = 0x1301;

    @Override
    public Enlightenment enlightenment() {
        return new DirectTimers();
    }

    @Override
    public List<Enlightenment> required() {
        return List.of(new VpIndex(), new Time(), new Synic(), new SyntheticTimers());
    }

    @Test
    @DisplayName("TLFS Feature Identification: hv-stimer-direct sets bit 19 of leaf 0x40000003 EDX")
    void showsTheFeature() {
        try (Guest guest = guest("")) {
            assertEquals(1 << 19, guest.cpuid().get(0x4000_0003, CpuidRegister.EDX) & 1 << 19);
        }
    }

    @Test
    @DisplayName(
            "KVM: promised, DirectMode is taken where CPUID is enforced, and the vector comes from the VP's own APIC")
    void promisedAndEnforced() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            guest.wrmsr(1, COUNT, 1);
            guest.advance100ns(1);
            guest.wrmsr(1, CONFIG, VECTOR_0X30_DIRECT_ENABLE);
            assertEquals(0x1300, guest.rdmsr(1, CONFIG));
            assertEquals(List.of(new Interrupt(1, 0x30)), guest.takeInterrupts());
        }
    }

    @Test
    @DisplayName("KVM: not promised, DirectMode is #GP where CPUID is enforced, and works where it is not")
    void notPromised() {
        try (Guest guest = start("hv-vpindex,hv-time,hv-synic,hv-stimer,hv-enforce-cpuid")) {
            assertTrue(guest.wrmsrFaults(CONFIG, VECTOR_0X30_DIRECT_ENABLE));
            assertTrue(guest.wrmsrFaults(CONFIG, 0x1000));
            assertEquals(0, guest.rdmsr(CONFIG));
        }
        try (Guest guest = start("hv-vpindex,hv-synic")) {
            guest.wrmsr(CONFIG, VECTOR_0X30_DIRECT_ENABLE);
            guest.advance100ns(1);
            guest.wrmsr(COUNT, 1);
            assertEquals(List.of(new Interrupt(0, 0x30)), guest.takeInterrupts());
        }
    }
}
