package hv.xmminput;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class XmmInputTest implements EnlightenmentContract {
    @Override
    public Enlightenment enlightenment() {
        return new XmmInput();
    }

    @Test
    @DisplayName("QEMU: hv-xmm-input sets bit 4 of leaf 0x40000003 EDX, and with CPU hot-add bit 3 nothing else there")
    void showsTheBit() {
        try (Guest guest = start("hv-xmm-input")) {
            assertEquals(1 << 4 | 1 << 3, guest.cpuid().get(0x4000_0003, CpuidRegister.EDX));
        }
    }
}
