package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.dto.RouteDTO;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.MsrRange.Access;
import hv.api.enlightenment.Privilege;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.hosted.HostedHost;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("MSR routing, the privilege gate, and the hypercall MSRs")
class MsrRoutingTest {
    private static final int OS_ID = 0x4000_0000;
    private static final int HYPERCALL = 0x4000_0001;
    private static final int RO = 0x4000_0010;
    private static final int RW = 0x4000_0011;
    private static final int WO = 0x4000_0012;
    private static final CpuidBits BIT = CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 0, "Testing");
    private static final Privilege PRIVILEGE = Privilege.of(BIT);

    private final HostedHost host = HostedHost.builder().build();

    private GuestPartition partition(String flags) throws Exception {
        return PartitionService.of(List.of(
                        TestEnlightenment.of("a")
                                .with(BIT)
                                .with(
                                        MsrRange.of(RO, "RO", Access.READ_ONLY, PRIVILEGE),
                                        MsrRange.of(RW, "RW", Access.READ_WRITE, PRIVILEGE),
                                        MsrRange.of(WO, "WO", Access.WRITE_ONLY, PRIVILEGE)),
                        TestEnlightenment.of("other")))
                .create(flags, host);
    }

    private GuestVp vp(String flags) throws Exception {
        return partition(flags).addVp();
    }

    private static void assertFaultsReading(GuestVp vp, int msr) {
        assertSame(
                GuestFault.GENERAL_PROTECTION,
                assertThrows(GuestFault.class, () -> vp.readMsr(msr)),
                "0x%x".formatted(msr));
    }

    private static void assertFaultsWriting(GuestVp vp, int msr) {
        assertSame(
                GuestFault.GENERAL_PROTECTION,
                assertThrows(GuestFault.class, () -> vp.writeMsr(msr, 0)),
                "0x%x".formatted(msr));
    }

    @Test
    void shouldAllowWhatTheDeclaredAccessAllows() throws Exception {
        GuestVp vp = vp("hv-a,hv-enforce-cpuid");
        vp.writeMsr(RW, 7);
        assertEquals(7, vp.readMsr(RW));
        assertEquals(7, vp.readMsr(RO));
        vp.writeMsr(WO, 9);
        assertEquals(9, vp.readMsr(RW));
        assertFaultsWriting(vp, RO);
        assertFaultsReading(vp, WO);
    }

    @Test
    @DisplayName(
            "TLFS 'Partition Privileges': an MSR without its privilege bit is #GP; without enforcement it works (KVM)")
    void shouldCloseMsrsWithoutThePrivilegeBit() throws Exception {
        GuestVp closed = vp("hv-other,hv-enforce-cpuid");
        assertFaultsReading(closed, RW);
        assertFaultsWriting(closed, RW);
        assertEquals(0, vp("hv-other").readMsr(RW));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x4000_01FF, 0x4000_0200, 0x3FFF_FFFF, 0, -1, Integer.MIN_VALUE, 0x4000_0085})
    void shouldFaultForMsrsNobodyAnswers(int msr) throws Exception {
        GuestVp vp = vp("hv-a");
        assertFaultsReading(vp, msr);
        assertFaultsWriting(vp, msr);
    }

    @Test
    @DisplayName("KVM: with Hyper-V not in CPUID every synthetic MSR is #GP and no call is decoded")
    void shouldFaultForEverythingWhenHyperVIsNotAnnounced() throws Exception {
        GuestVp vp = vp("host");
        for (int msr = MsrRange.WINDOW_FIRST; msr <= MsrRange.WINDOW_LAST; msr++) {
            assertFaultsReading(vp, msr);
            assertFaultsWriting(vp, msr);
        }
        assertThrows(GuestFault.class, () -> vp.hypercall(new Registers()));
    }

    @Test
    void shouldTurnAFailingHandlerIntoGpAndGoOn() throws Exception {
        MsrHandler broken = msr -> {
            throw new IllegalStateException("a bug");
        };
        GuestVp vp = PartitionService.of(List.of(TestEnlightenment.of("a")
                        .with(MsrRange.of(RW, "RW", Access.READ_WRITE, Privilege.NONE))
                        .withBrokenMsr(broken)))
                .create("hv-a", host)
                .addVp();
        assertFaultsReading(vp, RW);
        assertEquals(0, vp.readMsr(OS_ID));
    }

    @Test
    @DisplayName(
            "TLFS 'Establishing the Hypercall Interface': HYPERCALL is ignored, without #GP, until GUEST_OS_ID is written")
    void shouldIgnoreTheHypercallMsrUntilTheGuestIsIdentified() throws Exception {
        GuestVp vp = vp("hv-a");
        vp.writeMsr(HYPERCALL, 0x2001);
        vp.writeMsr(HYPERCALL, 0xFFFF_FFFF_F001L);
        assertEquals(0, vp.readMsr(HYPERCALL));
        assertEquals(0, host.memory().getInt(0x2000));
    }

    @Test
    @DisplayName("KVM writes the code into plain RAM at the start of the page and leaves the rest of it alone")
    void shouldWriteTheHostsCodeAtTheStartOfThePage() throws Exception {
        GuestVp vp = vp("hv-a");
        host.memory().putLong(0x2000, -1);
        vp.writeMsr(OS_ID, 1);
        vp.writeMsr(HYPERCALL, 0x2FFF);
        assertEquals(0x2FFF, vp.readMsr(HYPERCALL), "bits 11:1 are kept");
        assertEquals(0xFFFF_FFFF_C3C1_010FL, host.memory().getLong(0x2000));
        vp.writeMsr(HYPERCALL, 0x2000);
        assertEquals(0xC3C1_010F, host.memory().getInt(0x2000), "disabling leaves the code");
    }

    @Test
    void shouldFaultForAHypercallPageOutsideRamAndKeepTheOldOne() throws Exception {
        GuestVp vp = vp("hv-a");
        vp.writeMsr(OS_ID, 1);
        vp.writeMsr(HYPERCALL, 0x2001);
        assertThrows(GuestFault.class, () -> vp.writeMsr(HYPERCALL, 0x100_0001));
        assertThrows(GuestFault.class, () -> vp.writeMsr(HYPERCALL, -1));
        assertEquals(0x2001, vp.readMsr(HYPERCALL));
        vp.writeMsr(HYPERCALL, 0x100_0000);
        assertEquals(0x100_0000, vp.readMsr(HYPERCALL), "not enabled: any address is stored");
    }

    @Test
    void shouldClearOnlyEnableWhenTheGuestTakesItsIdBack() throws Exception {
        GuestVp vp = vp("hv-a");
        vp.writeMsr(OS_ID, 1);
        vp.writeMsr(HYPERCALL, 0x2003);
        vp.writeMsr(OS_ID, 0);
        assertEquals(0x2002, vp.readMsr(HYPERCALL));
        vp.writeMsr(OS_ID, 5);
        assertEquals(0x2002, vp.readMsr(HYPERCALL), "the id alone does not enable it again");
    }

    @Test
    void shouldShareTheHypercallMsrsAmongVps() throws Exception {
        GuestPartition partition = partition("hv-a");
        GuestVp one = partition.addVp();
        GuestVp two = partition.addVp();
        one.writeMsr(OS_ID, 77);
        assertEquals(77, two.readMsr(OS_ID));
        one.writeMsr(RW, 1);
        assertEquals(0, two.readMsr(RW), "while this one is per VP");
    }

    @Test
    void shouldCountAccessesByOutcome() throws Exception {
        GuestPartition partition = partition("hv-a,hv-enforce-cpuid");
        GuestVp vp = partition.addVp();
        vp.readMsr(RW);
        vp.readMsr(RW);
        vp.writeMsr(RW, 1);
        assertThrows(GuestFault.class, () -> vp.writeMsr(RW, -1));
        assertThrows(GuestFault.class, () -> vp.readMsr(0x4000_01F0));
        RouteDTO route = partition.inspect().msrs().stream()
                .filter(r -> r.number() == RW)
                .findFirst()
                .orElseThrow();
        assertEquals(new RouteDTO(RW, "RW", "a", "read write", "Testing", true, 2, 1, 1), route);
        assertEquals(1, partition.inspect().unroutedMsrs());
    }

    @Test
    void shouldAnswerRandomAccessesWithAValueOrGp() throws Exception {
        GuestVp vp = vp("hv-a");
        Random random = new Random(20260103);
        long answered = 0;
        for (int i = 0; i < 1_000_000; i++) {
            int msr = MsrRange.WINDOW_FIRST + random.nextInt(0x200);
            try {
                if (random.nextBoolean()) {
                    answered += vp.readMsr(msr) & 1;
                } else {
                    vp.writeMsr(msr, random.nextLong() >>> random.nextInt(64));
                }
            } catch (GuestFault fault) {
                assertSame(GuestFault.GENERAL_PROTECTION, fault);
            }
        }
        assertNotEquals(0, answered);
        assertTrue(vp.readMsr(OS_ID) != 0 || vp.readMsr(HYPERCALL) == 0);
    }
}
