package hv.ipi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.HostedHost;
import hv.hosted.Interrupt;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import hv.testkit.GuestRegisters;
import hv.vpindex.VpIndex;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpiTest implements EnlightenmentContract {
    private static final long FAST = 1L << 16;
    private static final long SUCCESS = 0;
    private static final long INVALID_INPUT = 3;
    private static final long INPUT = 0xC003;
    private static final long END_OF_RAM = 1 << 20;

    private final HostedHost host = HostedHost.builder().memoryBytes(END_OF_RAM).build();
    private Guest guest = guest(3);

    @Override
    public Enlightenment enlightenment() {
        return new Ipi();
    }

    @Override
    public List<Enlightenment> required() {
        return List.of(new VpIndex());
    }

    private Guest guest(int vps) {
        return Guest.with(new VpIndex(), new Ipi())
                .flags("hv-vpindex,hv-ipi")
                .vps(vps)
                .host(host)
                .start()
                .identify();
    }

    @AfterEach
    void end() {
        guest.close();
    }

    private long slow(long control, long... input) {
        return slowAt(INPUT, control, input);
    }

    private long slowAt(long gpa, long control, long... input) {
        for (int i = 0; i < input.length; i++) {
            guest.memory().putLong(gpa + 8L * i, input[i]);
        }
        return guest.hypercall(control, gpa, 0);
    }

    private static long banks(long count) {
        return 0x15 | count << 17;
    }

    private void interrupted(int vector, int... vps) {
        assertEquals(
                Arrays.stream(vps).mapToObj(vp -> new Interrupt(vp, vector)).toList(), guest.takeInterrupts());
    }

    @Test
    @DisplayName("QEMU: hv-ipi sets bits 10 and 11 of leaf 0x40000004 EAX")
    void showsBothBits() {
        assertEquals(1 << 10 | 1 << 11, guest.cpuid().get(0x4000_0004, CpuidRegister.EAX));
    }

    @Test
    @DisplayName("TLFS HvCallSendSyntheticClusterIpi: every VP of the mask that exists is interrupted, the caller too")
    void interruptsTheMask() {
        assertEquals(SUCCESS, slow(0xB, 0x40, 0b101));
        interrupted(0x40, 0, 2);
        assertEquals(SUCCESS, guest.hypercall(0xB | FAST, 0x41, -1));
        interrupted(0x41, 0, 1, 2);
        assertEquals(SUCCESS, guest.hypercall(1, 0xB | FAST, 0x42, 0b10));
        interrupted(0x42, 1);
        assertEquals(SUCCESS, guest.hypercall(0xB | FAST, 0x43, 0));
        assertEquals(SUCCESS, guest.hypercall(0xB | FAST, 0x43, 1L << 63));
        interrupted(0x43);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0xF, 0x100, 0x140, 0x7FFF_FFFF, 0xFFFF_FFFFL, 0x8000_0040L})
    @DisplayName("KVM: a vector below 0x10 or above 0xFF is INVALID_HYPERCALL_INPUT, whoever is addressed")
    void refusesVectors(long vector) {
        assertEquals(INVALID_INPUT, slow(0xB, vector, 1));
        assertEquals(INVALID_INPUT, guest.hypercall(0xB | FAST, vector, 0));
        assertEquals(INVALID_INPUT, slow(0x15, vector, 1, 0));
        assertEquals(INVALID_INPUT, slow(banks(1), vector, 0, 1, 1));
        assertEquals(INVALID_INPUT, guest.hypercall(banks(1) | FAST, vector, 0, 1, 1));
        interrupted(0);
    }

    @Test
    @DisplayName("KVM: vectors 0x10 and 0xFF are taken")
    void takesTheOutermostVectors() {
        assertEquals(SUCCESS, slow(0xB, 0x10, 1));
        interrupted(0x10, 0);
        assertEquals(SUCCESS, slow(0xB, 0xFF, 1));
        interrupted(0xFF, 0);
    }

    @Test
    @DisplayName("KVM: bytes 4 to 7 must be zero in the fast form of 0x000B, and nowhere else")
    void checksTargetVtlInOneFormOnly() {
        assertEquals(INVALID_INPUT, guest.hypercall(0xB | FAST, 0x1_0000_0060L, 3));
        interrupted(0);
        assertEquals(SUCCESS, slow(0xB, 0x1_0000_0060L, 1));
        interrupted(0x60, 0);
        assertEquals(SUCCESS, slow(0x15, 0xFFFF_FFFF_0000_0061L, 1, 0));
        interrupted(0x61, 0, 1, 2);
        assertEquals(SUCCESS, guest.hypercall(0x15 | FAST, 0xFFFF_FFFF_0000_0062L, 1, 0));
        interrupted(0x62, 0, 1, 2);
    }

    @Test
    @DisplayName("KVM: a variable header of 0x000B, and reps of either call, are INVALID_HYPERCALL_INPUT")
    void refusesOtherShapes() {
        assertEquals(INVALID_INPUT, slow(0xB | 1 << 17, 0x40, 1));
        for (long code : new long[] {0xB, 0x15}) {
            assertEquals(INVALID_INPUT, slow(code | 1L << 32, 0x40, 1, 0));
            assertEquals(INVALID_INPUT, slow(code | 1L << 48, 0x40, 1, 0));
        }
        interrupted(0);
    }

    @Test
    @DisplayName("KVM: input may be at any address, also across a page; beyond RAM it is INVALID_HYPERCALL_INPUT")
    void takesAnyAddressInRam() {
        for (long gpa : new long[] {0xA001, 0xAFF8, 0xAFFF, END_OF_RAM - 16}) {
            assertEquals(SUCCESS, slowAt(gpa, 0xB, 0x40, 1));
            interrupted(0x40, 0);
        }
        for (long gpa : new long[] {END_OF_RAM - 15, END_OF_RAM, Long.MIN_VALUE, -1}) {
            assertEquals(INVALID_INPUT, guest.hypercall(0xB, gpa, 0));
            assertEquals(INVALID_INPUT, guest.hypercall(0x15, gpa, 0));
        }
        interrupted(0);
    }

    @Test
    @DisplayName("TLFS HvCallSendSyntheticClusterIpiEx: format 1 means all VPs")
    void allMeansAll() {
        assertEquals(SUCCESS, slow(0x15, 0x50, 1, 0));
        interrupted(0x50, 0, 1, 2);
        assertEquals(SUCCESS, slowAt(END_OF_RAM - 24, banks(64), 0x50, 1, -1));
        interrupted(0x50, 0, 1, 2);
        assertEquals(SUCCESS, guest.hypercall(banks(64) | FAST, 0x50, 1, -1));
        interrupted(0x50, 0, 1, 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2, -1, 1L << 32 | 1})
    @DisplayName("KVM: any format but 1 is a sparse set, whose banks follow in ascending order")
    void otherFormatsAreSparse(long format) {
        guest.close();
        guest = guest(130);
        assertEquals(SUCCESS, slow(banks(2), 0x51, format, 0b101, 1L << 63, 0b11));
        interrupted(0x51, 63, 128, 129);
        assertEquals(SUCCESS, guest.hypercall(banks(2) | FAST, 0x52, format, 0b110, 1, 2));
        interrupted(0x52, 64, 129);
    }

    @Test
    @DisplayName("KVM: a sparse set without banks is success before the vector is looked at")
    void emptySparseSetIsSuccess() {
        assertEquals(SUCCESS, slow(0x15, 0, 0, 0));
        assertEquals(SUCCESS, guest.hypercall(0x15 | FAST, 0x100, 0, 0));
        interrupted(0);
    }

    @Test
    @DisplayName("KVM: an empty bank, and banks of VPs that do not exist, are counted and ignored")
    void ignoresMissingVps() {
        assertEquals(SUCCESS, slow(banks(2), 0x53, 0, 1 | 1L << 63, 0b1110, -1));
        interrupted(0x53, 1, 2);
        assertEquals(SUCCESS, slow(banks(1), 0x53, 0, 1, 0));
        interrupted(0x53);
    }

    @Test
    @DisplayName("KVM: the variable header has as many banks as the mask has bits, also where the format says all")
    void countsBanks() {
        assertEquals(INVALID_INPUT, slow(banks(1), 0x54, 0, 0b11, 1, 1));
        assertEquals(INVALID_INPUT, slow(banks(2), 0x54, 0, 0b1, 1, 1));
        assertEquals(INVALID_INPUT, slow(0x15, 0x54, 1, 1));
        assertEquals(INVALID_INPUT, slow(banks(65), 0x54, 1, -1));
        interrupted(0);
    }

    @Test
    @DisplayName("KVM: XMM0 to XMM5 hold 11 banks of the fast form, which starts in their first half; 12 are refused")
    void fastFormHoldsElevenBanks() {
        assertEquals(SUCCESS, guest.hypercall(banks(11) | FAST, 0x55, 0, 0x7FF, 0b10));
        interrupted(0x55, 1);
        assertEquals(INVALID_INPUT, guest.hypercall(banks(12) | FAST, 0x55, 0, 0xFFF, 0b10));
        interrupted(0);
    }

    @Test
    @DisplayName("KVM: of the banks the first 16 are read, since only they can name one of its 1,024 VPs")
    void readsSixteenBanks() {
        assertEquals(SUCCESS, slowAt(END_OF_RAM - 24 - 16 * 8, banks(64), 0x56, 0, -1, 0b1));
        interrupted(0x56, 0);
        assertEquals(INVALID_INPUT, slowAt(END_OF_RAM - 24 - 15 * 8, banks(64), 0x56, 0, -1, 0b1));
        interrupted(0);
    }

    @Test
    @DisplayName("KVM: with hv-enforce-cpuid and without hv-xmm-input the fast form of Ex is #UD, that of 0x000B works")
    void fastExNeedsXmmInput() {
        try (Guest strict = Guest.with(new VpIndex(), new Ipi())
                .flags("hv-vpindex,hv-ipi,hv-enforce-cpuid")
                .start()
                .identify()) {
            assertFalse(strict.call(0, GuestRegisters.in64(0x15 | FAST, 0x40, 1)));
            assertEquals(SUCCESS, strict.hypercall(0xB | FAST, 0x40, 1));
            assertEquals(List.of(new Interrupt(0, 0x40)), strict.takeInterrupts());
        }
    }
}
