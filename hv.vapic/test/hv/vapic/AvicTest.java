package hv.vapic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvicTest implements EnlightenmentContract {
    @Override
    public Enlightenment enlightenment() {
        return new Avic();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hv-avic", "hv-apicv", "hv_apicv=on", "hv-avic,hv-apicv"})
    @DisplayName("QEMU: hv-avic, or hv-apicv, sets bit 9 of leaf 0x40000004 EAX and announces Hyper-V")
    void showsTheBit(String flags) {
        try (Guest guest = start(flags)) {
            assertEquals(1 << 9, guest.cpuid().get(0x4000_0004, CpuidRegister.EAX));
        }
    }
}
