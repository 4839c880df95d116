package hv.vapic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.Vendor;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.HostedApic;
import hv.hosted.HostedHost;
import hv.hosted.Interrupt;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualApicTest implements EnlightenmentContract {
    private static final int EOI = 0x4000_0070;
    private static final int ICR = 0x4000_0071;
    private static final int TPR = 0x4000_0072;
    private static final int VP_ASSIST_PAGE = 0x4000_0073;
    private static final long END_OF_RAM = 1 << 20;

    private final HostedHost host = HostedHost.builder().memoryBytes(END_OF_RAM).build();
    private Guest guest;

    @Override
    public Enlightenment enlightenment() {
        return new VirtualApic();
    }

    /** Of the state, ICR and TPR are the APIC's, which the VMM saves and resets; the page's register is ours. */
    @Override
    public int[] steadyMsrs() {
        return new int[] {VP_ASSIST_PAGE};
    }

    @BeforeEach
    void begin() {
        guest = Guest.with(new VirtualApic(), new Avic())
                .flags("hv-vapic,hv-enforce-cpuid")
                .vps(2)
                .host(host)
                .start();
        host.attach(guest.partition());
    }

    @AfterEach
    void end() {
        guest.close();
    }

    private HostedApic apic(int vp) {
        return (HostedApic) host.apic(vp).orElseThrow();
    }

    @Test
    @DisplayName("QEMU: hv-vapic sets bit 4 of leaf 0x40000003 EAX and recommends the MSRs by bit 3 of 0x40000004 EAX")
    void showsBothBits() {
        assertEquals(1 << 5 | 1 << 4, guest.cpuid().get(0x4000_0003, CpuidRegister.EAX));
        assertEquals(1 << 3, guest.cpuid().get(0x4000_0004, CpuidRegister.EAX));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hv-avic", "hv-apicv"})
    @DisplayName("QEMU: with hv-avic, or its alias, the MSRs are open and not recommended")
    void avicTakesTheRecommendationBack(String flag) {
        try (Guest other = Guest.with(new VirtualApic(), new Avic())
                .flags("hv-enforce-cpuid,hv-vapic," + flag)
                .start()) {
            assertEquals(1 << 9, other.cpuid().get(0x4000_0004, CpuidRegister.EAX));
            assertEquals(0, other.rdmsr(TPR));
        }
    }

    @Test
    @DisplayName("KVM: a write to EOI ends the highest interrupt in service; bits 31:0 mean nothing, 63:32 are #GP")
    void eoiEndsTheHighest() {
        apic(0).icr(0x4_0040);
        apic(0).accept();
        apic(0).icr(0x4_0080);
        apic(0).accept();
        assertTrue(guest.wrmsrFaults(EOI, 1L << 32));
        assertTrue(guest.wrmsrFaults(EOI, -1));
        assertTrue(apic(0).isInService(0x80));
        guest.wrmsr(EOI, 0xFFFF_FFFFL);
        assertFalse(apic(0).isInService(0x80));
        assertTrue(apic(0).isInService(0x40));
        guest.wrmsr(EOI, 0);
        assertFalse(apic(0).isInService(0x40));
        guest.wrmsr(EOI, 0);
    }

    @Test
    @DisplayName("TLFS: EOI is write-only; reading it is #GP")
    void eoiIsWriteOnly() {
        assertTrue(guest.rdmsrFaults(EOI));
    }

    @Test
    @DisplayName("KVM: ICR is one 64-bit register that sends on a write and reads back without bit 12")
    void icrSends() {
        guest.wrmsr(ICR, 0x4_1055);
        assertEquals(0x4_0055, guest.rdmsr(ICR));
        guest.wrmsr(ICR, 0x0100_0000_0000_0066L);
        assertEquals(0x0100_0000_0000_0066L, guest.rdmsr(ICR));
        guest.wrmsr(ICR, 0x0000_0001_0000_0077L);
        assertEquals(0x0000_0001_0000_0077L, guest.rdmsr(ICR));
        assertEquals(
                List.of(new Interrupt(0, 0x55), new Interrupt(1, 0x66), new Interrupt(0, 0x77)),
                guest.takeInterrupts());
        assertEquals(0, guest.rdmsr(1, ICR), "every VP has its own");
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 16, 17, 20, 25, 31})
    @DisplayName("KVM (6.11 and later): ICR bits 31:20, 17:16 and 13 are reserved, #GP, and nothing is sent")
    void icrChecksReservedBits(int bit) {
        assertTrue(guest.wrmsrFaults(ICR, 0x4_0055 | 1L << bit));
        assertEquals(0, guest.rdmsr(ICR));
        assertEquals(List.of(), guest.takeInterrupts());
    }

    @Test
    @DisplayName("KVM: TPR takes bits 7:0, drops 31:8, and 63:32 are #GP")
    void tprTakesEightBits() {
        guest.wrmsr(TPR, 0x50);
        assertEquals(0x50, guest.rdmsr(TPR));
        guest.wrmsr(TPR, 0xFFFF_FF61L);
        assertEquals(0x61, guest.rdmsr(TPR));
        assertTrue(guest.wrmsrFaults(TPR, 1L << 32));
        assertTrue(guest.wrmsrFaults(TPR, 0x8000_0000_0000_0050L));
        assertEquals(0x61, guest.rdmsr(TPR));
        assertEquals(0, guest.rdmsr(1, TPR));
    }

    @Test
    @DisplayName("KVM on AMD: TPR loses bits 3:0, which CR8 does not have")
    void tprLosesItsLowBitsOnAmd() {
        try (Guest amd = Guest.with(new VirtualApic())
                .flags("hv-vapic")
                .host(HostedHost.builder().vendor(Vendor.AMD).build())
                .start()) {
            amd.wrmsr(TPR, 0xFF);
            assertEquals(0xF0, amd.rdmsr(TPR));
        }
    }

    @Test
    @DisplayName("KVM: switching the assist page on zeroes its first 4 bytes and no others")
    void zeroesApicAssistOnly() {
        guest.poke(0x5000, "0102030405060708");
        guest.wrmsr(VP_ASSIST_PAGE, 0x5000);
        assertEquals("0102030405060708", guest.peek(0x5000, 8));
        guest.wrmsr(VP_ASSIST_PAGE, 0x5001);
        assertEquals(0x5001, guest.rdmsr(VP_ASSIST_PAGE));
        assertEquals("0000000005060708", guest.peek(0x5000, 8));
        guest.poke(0x5000, "ff");
        guest.wrmsr(VP_ASSIST_PAGE, 0x5FFF);
        assertEquals(0x5FFF, guest.rdmsr(VP_ASSIST_PAGE), "bits 11:1 are kept");
        assertEquals("0000000005060708", guest.peek(0x5000, 8));
        assertEquals(0, guest.rdmsr(1, VP_ASSIST_PAGE), "every VP has its own");
    }

    @Test
    @DisplayName("KVM: an assist page outside RAM is #GP when it is switched on, and stored when it is off")
    void pageMustBeRam() {
        guest.wrmsr(VP_ASSIST_PAGE, 0xFFE);
        for (long bad : new long[] {END_OF_RAM | 1, 0xFEE0_0001L, 0x1_0000_0001L, Long.MIN_VALUE | 1, -1}) {
            assertTrue(guest.wrmsrFaults(VP_ASSIST_PAGE, bad));
            assertEquals(0xFFE, guest.rdmsr(VP_ASSIST_PAGE));
            guest.wrmsr(VP_ASSIST_PAGE, bad & ~1);
            assertEquals(bad & ~1, guest.rdmsr(VP_ASSIST_PAGE));
            guest.wrmsr(VP_ASSIST_PAGE, 0xFFE);
        }
        guest.wrmsr(VP_ASSIST_PAGE, END_OF_RAM - 4096 | 1);
        guest.memory().putInt(0, -1);
        guest.wrmsr(VP_ASSIST_PAGE, 1);
        assertEquals(0, guest.memory().getInt(0), "page 0 is as good as any");
    }

    /** Delivers a vector and goes back into the guest, as a VMM does. */
    private void deliver(int vector) {
        apic(0).icr(0x4_0000 | vector);
        assertEquals(vector, apic(0).accept());
        apic(0).enterGuest();
    }

    @Test
    @DisplayName("TLFS EOI Assist: bit 0 offers to skip the EOI; clearing it is the EOI")
    void offersExitlessEoi() {
        guest.wrmsr(VP_ASSIST_PAGE, 0x5001);
        deliver(0x40);
        assertEquals(1, guest.memory().getAndBitwiseAndInt(0x5000, ~1));
        apic(0).leaveGuest();
        assertFalse(apic(0).isInService(0x40));
        deliver(0x41);
        apic(0).leaveGuest();
        assertEquals(0, guest.memory().getInt(0x5000), "never set while the VP is out of the guest");
        assertTrue(apic(0).isInService(0x41));
    }

    @Test
    @DisplayName("TLFS EOI Assist: with the page off, nothing is offered")
    void offersNothingWithThePageOff() {
        guest.wrmsr(VP_ASSIST_PAGE, 0x5001);
        guest.wrmsr(VP_ASSIST_PAGE, 0x5000);
        deliver(0x40);
        assertEquals(0, guest.memory().getInt(0x5000));
    }

    @Test
    @DisplayName(
            "after a restore the page offers again, and KVM's zeroing of the first 4 bytes is done once RAM is filled")
    void offersAfterARestore() {
        guest.wrmsr(VP_ASSIST_PAGE, 0x5001);
        SavedState saved = guest.save();
        guest.wrmsr(VP_ASSIST_PAGE, 0);
        guest.memory().putLong(0x5000, -1);
        guest.restore(saved);
        assertEquals(0xFFFF_FFFF_0000_0000L, guest.memory().getLong(0x5000));
        deliver(0x40);
        assertEquals(1, guest.memory().getInt(0x5000));
    }

    @Test
    @DisplayName("after a reset the page is off and offers nothing")
    void offersNothingAfterAReset() {
        guest.wrmsr(VP_ASSIST_PAGE, 0x5001);
        guest.partition().reset();
        assertEquals(0, guest.rdmsr(VP_ASSIST_PAGE));
        deliver(0x40);
        assertEquals(0, guest.memory().getInt(0x5000));
    }

    @Test
    @DisplayName("a saved page that is on and not RAM is refused")
    void refusesASavedPageOutsideRam() {
        SavedState good = guest.save();
        SavedState bad = new SavedState(good.sections().stream()
                .map(s -> !s.id().equals("vapic")
                        ? s
                        : new SavedState.Section(
                                s.id(),
                                s.vp(),
                                s.version(),
                                Map.of("HV_X64_MSR_VP_ASSIST_PAGE", END_OF_RAM | 1),
                                Map.of()))
                .toList());
        assertThrows(StateException.class, () -> guest.partition().restore(bad));
        assertEquals(good, guest.save());
    }
}
