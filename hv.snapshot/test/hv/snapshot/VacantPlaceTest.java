package hv.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.hosted.HostedHost;
import hv.hosted.Interrupt;
import hv.testkit.Deployed;
import hv.testkit.ManualHypervisor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A guest that is saved while a bundle is away")
class VacantPlaceTest {
    private static final long OTHER_FREQUENCY_HZ = 3_000_000_000L;
    private static final int REENLIGHTENMENT_VECTOR = 0xE0;

    @TempDir
    private Path folder;

    private static TestMachine machine(ManualHypervisor hypervisor, long frequencyHz) throws Exception {
        HostedHost host = HostedHost.builder()
                .memoryBytes(1 << 20)
                .tscFrequencyHz(frequencyHz)
                .build();
        return new TestMachine(hypervisor, TestMachine.everything(hypervisor), TestMachine.VPS, host);
    }

    @Test
    @DisplayName("is where it is restored what it was before the bundle left")
    void sameState() throws Exception {
        Path file = folder.resolve("guest");
        try (Deployed deployed = new Deployed()) {
            ManualHypervisor here = new ManualHypervisor(deployed.enlightenments());
            ManualHypervisor there = new ManualHypervisor(deployed.enlightenments());
            try (TestMachine saved = machine(here, OTHER_FREQUENCY_HZ).used();
                    TestMachine other = machine(there, OTHER_FREQUENCY_HZ)) {
                SavedState before = saved.partition.save();
                here.withdraw("synic");
                here.withdraw("vpindex");
                new Snapshots(here).saveInSpiteOfVetoes(saved, file, true);
                new Snapshots(there).restore(other, file);
                assertEquals(before, other.partition.save());
            }
        }
    }

    @Test
    @DisplayName("is told there of a change of the TSC frequency that the bundle has missed")
    void missedFrequency() throws Exception {
        Path file = folder.resolve("guest");
        try (Deployed deployed = new Deployed()) {
            ManualHypervisor here = new ManualHypervisor(deployed.enlightenments());
            ManualHypervisor there = new ManualHypervisor(deployed.enlightenments());
            try (TestMachine saved = machine(here, 2_600_000_000L).used();
                    TestMachine other = machine(there, OTHER_FREQUENCY_HZ)) {
                here.withdraw("reenlightenment");
                saved.partition.tscFrequencyChanged(OTHER_FREQUENCY_HZ);
                new Snapshots(here).saveInSpiteOfVetoes(saved, file, true);
                other.host.takeInterrupts();
                new Snapshots(there).restore(other, file);
                List<Interrupt> interrupts = other.host.takeInterrupts();
                assertTrue(
                        interrupts.stream().anyMatch(one -> one.vp() == 0 && one.vector() == REENLIGHTENMENT_VECTOR),
                        interrupts::toString);
            }
        }
    }
}
