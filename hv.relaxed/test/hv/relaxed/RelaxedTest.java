package hv.relaxed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RelaxedTest implements EnlightenmentContract {
    @Override
    public Enlightenment enlightenment() {
        return new Relaxed();
    }

    @Test
    @DisplayName("TLFS Implementation Recommendations: hv-relaxed sets leaf 0x40000004 EAX bit 5 and nothing else")
    void setsOneBit() {
        try (Guest guest = Guest.with(new Relaxed()).flags("hv-relaxed").start()) {
            assertEquals(1 << 5, guest.cpuid().get(0x4000_0004, CpuidRegister.EAX));
            assertEquals(1 << 5, guest.cpuid().get(0x4000_0003, CpuidRegister.EAX), "AccessHypercallMsrs alone");
        }
    }
}
