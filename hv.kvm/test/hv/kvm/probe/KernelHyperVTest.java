package hv.kvm.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.CpuidTable.Leaf;
import hv.kvm.Kvm;
import hv.kvm.cpuid.CpuidEntry;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KernelHyperVTest {
    @Test
    @DisplayName("Of what KVM lists the hypervisor's leaves are taken, each once")
    void table() {
        assertEquals(
                List.of(new Leaf(0x4000_0003, 0x2AFF, 0x830, 0, 0x8_0D12), new Leaf(0x4000_0082, 2, 0, 0, 0)),
                KernelHyperV.table(List.of(
                                CpuidEntry.of(1, 9, 9, 9, 9),
                                CpuidEntry.of(0x4000_0003, 0x2AFF, 0x830, 0, 0x8_0D12),
                                CpuidEntry.of(0x4000_0003, 0x2AFF, 0x830, 0, 0x8_0D12),
                                CpuidEntry.of(0x4000_0082, 2, 0, 0, 0)))
                        .leaves());
    }

    @Test
    @DisplayName("This host's KVM has leaves if it has a Hyper-V of its own, and none if it has not")
    void thisHost() {
        assumeTrue(Kvm.whyUnusable().isEmpty(), "/dev/kvm cannot be used");
        assertEquals(Kvm.hasOwnHyperV(), !Kvm.hyperVLeaves().leaves().isEmpty());
    }
}
