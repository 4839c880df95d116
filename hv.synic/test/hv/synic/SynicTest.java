package hv.synic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.Interrupt;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import hv.vpindex.VpIndex;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Registers of the synthetic interrupt controller")
class SynicTest implements EnlightenmentContract {
    private static final int SCONTROL = 0x4000_0080;
    private static final int SVERSION = 0x4000_0081;
    private static final int SIEFP = 0x4000_0082;
    private static final int SIMP = 0x4000_0083;
    private static final int EOM = 0x4000_0084;
    private static final int SINT0 = 0x4000_0090;

    @Override
    public Enlightenment enlightenment() {
        return new Synic();
    }

    @Override
    public List<Enlightenment> required() {
        return List.of(new VpIndex());
    }

    @Override
    public boolean answersUnpromised(int msr) {
        return false;
    }

    @Test
    @DisplayName("TLFS Partition Privileges: AccessSynicRegs (EAX 2), PostMessages (EBX 4), SignalEvents (EBX 5)")
    void showsThreePrivileges() {
        try (Guest guest = guest("")) {
            assertEquals(1 << 2, guest.cpuid().get(0x4000_0003, CpuidRegister.EAX) & 1 << 2);
            assertEquals(1 << 4 | 1 << 5, guest.cpuid().get(0x4000_0003, CpuidRegister.EBX));
        }
    }

    @Test
    @DisplayName("TLFS SynIC MSRs: after reset SVERSION is 1, SINTs are masked (0x10000), all else 0")
    void freshValues() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            for (int msr : new int[] {SCONTROL, SIEFP, SIMP, EOM}) {
                assertEquals(0, guest.rdmsr(msr));
            }
            assertEquals(1, guest.rdmsr(SVERSION));
            for (int sint = 0; sint < 16; sint++) {
                assertEquals(0x10000, guest.rdmsr(1, SINT0 + sint));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 0xFFF, 0x6001, 0xFFFF_FFFF_FFFF_F001L, 0x8000_0000_0000_0000L})
    @DisplayName("KVM: SCONTROL, SIEFP and SIMP keep any 64 bits, page addresses outside RAM too")
    void keepsAnyValue(long value) {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            for (int msr : new int[] {SCONTROL, SIEFP, SIMP}) {
                guest.wrmsr(msr, value);
                assertEquals(value, guest.rdmsr(msr));
                assertEquals(0, guest.rdmsr(1, msr), "of the other VP");
            }
        }
    }

    @Test
    @DisplayName("KVM: EOM takes any value and reads as 0; SVERSION cannot be written")
    void endOfMessageAndVersion() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            guest.wrmsr(EOM, -1);
            assertEquals(0, guest.rdmsr(EOM));
            assertTrue(guest.wrmsrFaults(SVERSION, 1));
        }
    }

    @Test
    @DisplayName("KVM synic_set_sint: a vector below 16 is #GP unless the SINT is masked; then nothing has changed")
    void refusesLowVectors() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            for (int sint = 0; sint < 16; sint++) {
                int msr = SINT0 + sint;
                guest.wrmsr(msr, 0x2_0020);
                for (long vector = 0; vector < 16; vector++) {
                    assertTrue(guest.wrmsrFaults(msr, vector));
                    assertTrue(guest.wrmsrFaults(msr, 0xFFFF_FFFF_FFFE_FF00L | vector));
                    assertEquals(0x2_0020, guest.rdmsr(msr));
                }
                for (long value : new long[] {0x10, 0xFF, 0x1_0000, 0x1_000F, 0xFFFF_FFFF_FFFF_FF00L, -1, 0x4_0030}) {
                    guest.wrmsr(msr, value);
                    assertEquals(value, guest.rdmsr(msr));
                }
            }
        }
    }

    @Test
    @DisplayName(
            "KVM: where the controller was not promised, its registers are #GP for reads and writes, enforced or not")
    void isClosedUnlessPromised() {
        for (String more : List.of("", "hv-enforce-cpuid")) {
            try (Guest guest = guestWithout(more)) {
                for (int msr : declaredMsrs()) {
                    assertTrue(guest.rdmsrFaults(msr));
                    assertTrue(guest.wrmsrFaults(msr, 0));
                    assertTrue(guest.wrmsrFaults(msr, 0x1_0000));
                }
            }
        }
    }

    @Test
    @DisplayName("TLFS SynIC MSRs: 0x40000085 and the gap before SINT0 are nobody's")
    void gapsFault() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            for (int msr = 0x4000_0085; msr < SINT0; msr++) {
                assertTrue(guest.rdmsrFaults(msr));
                assertTrue(guest.wrmsrFaults(msr, 0));
            }
            assertTrue(guest.rdmsrFaults(0x4000_00A0));
        }
    }

    @Test
    @DisplayName("writing registers requests no interrupt")
    void registersAreQuiet() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            guest.poke(0x6000, "10000080");
            guest.wrmsr(SCONTROL, 1);
            guest.wrmsr(SIMP, 0x6001);
            guest.wrmsr(SIEFP, 0x7001);
            guest.wrmsr(SINT0 + 2, 0x40);
            guest.wrmsr(EOM, 0);
            assertEquals(List.<Interrupt>of(), guest.takeInterrupts());
        }
    }
}
