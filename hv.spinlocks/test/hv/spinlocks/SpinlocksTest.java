package hv.spinlocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.HostFacts;
import hv.api.HvStatus;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Verdict;
import hv.hosted.HostedListener;
import hv.partition.PartitionService;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import hv.testkit.GuestRegisters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpinlocksTest implements EnlightenmentContract {
    private static final long NOTIFY_LONG_SPIN_WAIT = 0x0008;
    private static final long FAST = 1L << 16;

    @Override
    public Enlightenment enlightenment() {
        return new Spinlocks();
    }

    @Override
    public String flags() {
        return "hv-spinlocks=0x1fff";
    }

    private static Guest spinning(String flags) {
        return Guest.with(new Spinlocks()).flags(flags).vps(2).start().identify();
    }

    private static Verdict check(String flags) {
        return PartitionService.of(List.of(new Spinlocks()))
                .check(
                        flags,
                        HostFacts.builder(Vendor.INTEL, 2_600_000_000L, 1_000_000_000L)
                                .everything()
                                .build());
    }

    @ParameterizedTest
    @CsvSource({"0x1fff, 1fff", "4095, fff", "0, 0", "0xfffffffe, fffffffe"})
    @DisplayName(
            "TLFS Implementation Recommendations: hv-spinlocks=N shows N in leaf 0x40000004 EBX and announces Hyper-V")
    void showsTheRetryCount(String given, String seen) {
        try (Guest guest = spinning("hv-spinlocks=" + given)) {
            assertEquals(Integer.parseUnsignedInt(seen, 16), guest.cpuid().get(0x4000_0004, CpuidRegister.EBX));
        }
    }

    @Test
    @DisplayName("QEMU: hv-spinlocks=0xffffffff is the default and announces nothing")
    void allOnesIsNotGiven() {
        Verdict verdict = check("hv-spinlocks=0xffffffff");
        assertEquals(List.of(), verdict.enabled());
        assertEquals(List.of(), verdict.cpuid().leaves());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv-spinlocks",
                "hv-spinlocks=",
                "hv-spinlocks=many",
                "hv-spinlocks=0x100000000",
                "hv-spinlocks=-1"
            })
    @DisplayName("a value that is not an unsigned 32-bit number does not start")
    void refusesOtherValues(String flag) {
        Verdict verdict = check(flag);
        assertTrue(!verdict.starts());
        assertEquals(1, verdict.problems().size());
        assertTrue(verdict.problems().get(0).remedy().contains("0xffffffff"));
    }

    @Test
    @DisplayName("TLFS: 0 retries means that nobody is told, which is worth a note")
    void notesZero() {
        assertEquals(
                List.of(Severity.NOTE),
                check("hv-spinlocks=0").problems().stream()
                        .map(p -> p.severity())
                        .toList());
        assertEquals(List.of(), check("hv-spinlocks=0xfff").problems());
    }

    @Test
    @DisplayName("KVM: HvCallNotifyLongSpinWait lets the host know which VP spins, and succeeds whatever its input is")
    void callTellsTheHost() {
        try (Guest guest = spinning("hv-spinlocks=0xfff,hv-enforce-cpuid")) {
            List<Integer> spinning = new ArrayList<>();
            guest.host().addListener(new HostedListener() {
                @Override
                public void spinning(int vp) {
                    spinning.add(vp);
                }
            });
            assertEquals(HvStatus.SUCCESS, guest.hypercall(0, NOTIFY_LONG_SPIN_WAIT | FAST, 0xFFF, 0));
            assertEquals(HvStatus.SUCCESS, guest.hypercall(1, NOTIFY_LONG_SPIN_WAIT | FAST, -1, -1));
            assertEquals(HvStatus.SUCCESS, guest.hypercall(1, NOTIFY_LONG_SPIN_WAIT, 0x1000, 0));
            assertEquals(HvStatus.SUCCESS, guest.hypercall(0, NOTIFY_LONG_SPIN_WAIT, -1, -1));
            assertEquals(List.of(0, 1, 1, 0), spinning);
        }
    }

    @Test
    @DisplayName("TLFS Hypercall Interface: a 32-bit caller gets the status in EDX:EAX")
    void answers32BitCallers() {
        try (Guest guest = spinning("hv-spinlocks=0xfff")) {
            GuestRegisters registers = GuestRegisters.in32(NOTIFY_LONG_SPIN_WAIT | FAST, 0xFFF, 0);
            assertTrue(guest.call(0, registers));
            assertEquals(HvStatus.SUCCESS, registers.result());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 32, 1L << 48, 1L << 17, 0x3FFL << 17, 1L << 31, 1L << 27, 1L << 44, 1L << 63})
    @DisplayName("KVM: repetitions, a variable header or reserved bits are HV_STATUS_INVALID_HYPERCALL_INPUT")
    void refusesOtherShapes(long bits) {
        try (Guest guest = spinning("hv-spinlocks=0xfff")) {
            assertEquals(
                    HvStatus.INVALID_HYPERCALL_INPUT, guest.hypercall(NOTIFY_LONG_SPIN_WAIT | FAST | bits, 0xFFF, 0));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 6", "1, 0", "0xfffffffe, 0"})
    @DisplayName("KVM enforced: the call is open while leaf 0x40000004 EBX is neither 0 nor all ones")
    void gateLooksAtTheRetryCount(String retries, int status) {
        try (Guest guest = spinning("hv-spinlocks=" + retries + ",hv-enforce-cpuid")) {
            assertEquals(status, guest.hypercall(NOTIFY_LONG_SPIN_WAIT | FAST, 0xFFF, 0));
        }
    }
}
