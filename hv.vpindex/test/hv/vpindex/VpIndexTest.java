package hv.vpindex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VpIndexTest implements EnlightenmentContract {
    private static final int VP_INDEX = 0x4000_0002;

    @Override
    public Enlightenment enlightenment() {
        return new VpIndex();
    }

    @Test
    @DisplayName("TLFS Partition Privileges: hv-vpindex sets AccessVpIndex, leaf 0x40000003 EAX bit 6")
    void showsThePrivilege() {
        try (Guest guest = guest("")) {
            assertTrue((guest.cpuid().get(0x4000_0003, CpuidRegister.EAX) & 1 << 6) != 0);
        }
    }

    @Test
    @DisplayName("TLFS Virtual Processor Indices: VPs read 0, 1, 2 and on in the order they were added, also beyond 64")
    void readsTheIndex() {
        try (Guest guest = Guest.with(new VpIndex())
                .flags("hv-vpindex,hv-enforce-cpuid")
                .vps(130)
                .start()) {
            for (int vp = 0; vp < 130; vp++) {
                assertEquals(vp, guest.rdmsr(vp, VP_INDEX));
            }
        }
    }

    @Test
    @DisplayName("QEMU: the index is the VP's own after a reset, and nothing of it is saved")
    void outlivesReset() {
        try (Guest guest = guest("")) {
            guest.partition().reset();
            assertEquals(1, guest.rdmsr(1, VP_INDEX));
            assertTrue(guest.save().sections().stream().noneMatch(s -> s.id().equals("vpindex")));
        }
    }
}
