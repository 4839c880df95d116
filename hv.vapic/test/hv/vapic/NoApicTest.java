package hv.vapic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.Problem;
import hv.api.Vendor;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.hosted.BufferMemory;
import hv.partition.PartitionService;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("hv-vapic on a host that does not let enlightenments at the APIC")
class NoApicTest {
    private static final HostFacts FACTS =
            HostFacts.builder(Vendor.INTEL, 2_000_000_000L, 1_000_000_000L).build();

    /** A host with the least that one must have. */
    private record PoorHost(HostFacts facts, GuestMemory memory) implements Host {
        @Override
        public String name() {
            return "poor";
        }

        @Override
        public long guestTsc() {
            return 0;
        }

        @Override
        public byte[] hypercallPage() {
            return new byte[] {(byte) 0xC3};
        }

        @Override
        public void kick(int vp) {}

        @Override
        public void interrupt(int vp, int vector) {}

        @Override
        public void power(PowerEvent event) {}
    }

    private static Hypervisor service() {
        return PartitionService.of(List.of(new VirtualApic()));
    }

    @Test
    @DisplayName("KVM without an APIC in the kernel: EOI, ICR and TPR are #GP; the assist page works")
    void apicMsrsFault() throws Exception {
        try (GuestPartition partition = service().create("hv-vapic", new PoorHost(FACTS, new BufferMemory(1 << 20)))) {
            GuestVp vp = partition.addVp();
            for (int msr = 0x4000_0070; msr <= 0x4000_0072; msr++) {
                int number = msr;
                assertThrows(GuestFault.class, () -> vp.readMsr(number));
                assertThrows(GuestFault.class, () -> vp.writeMsr(number, 0));
            }
            vp.writeMsr(0x4000_0073, 0x5001);
            assertEquals(0x5001, vp.readMsr(0x4000_0073));
        }
    }

    @Test
    @DisplayName(
            "a host with APICs and without exit-less EOI: the MSRs work, are not recommended, and whoever asks is told why")
    void slowMsrsAreNotRecommended() throws Exception {
        HostFacts slow = FACTS.toBuilder().apicAccess(true).build();
        var verdict = service().check("hv-vapic", slow);
        assertEquals(1 << 4, verdict.cpuid().get(0x4000_0003, CpuidRegister.EAX) & 1 << 4);
        assertEquals(0, verdict.cpuid().get(0x4000_0004, CpuidRegister.EAX));
        assertEquals(
                List.of(
                        "hv-vapic gives the guest its APIC MSRs and does not recommend them, since this host does not offer"
                                + " exit-less EOI"),
                verdict.problems().stream().map(Problem::reason).toList());
    }

    @Test
    @DisplayName("the guest is not told to use them, and whoever asks for the flag is told why")
    void isNotRecommended() {
        var verdict = service().check("hv-vapic", FACTS);
        assertEquals(0, verdict.cpuid().get(0x4000_0004, CpuidRegister.EAX));
        assertEquals(
                List.of(Problem.Severity.SLOWER),
                verdict.problems().stream().map(Problem::severity).toList());
    }
}
