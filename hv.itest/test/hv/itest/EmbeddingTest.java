package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.GuestFault;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The example of README.md, run. */
class EmbeddingTest {
    @Test
    @DisplayName("A VMM that hands MSR accesses to a VP gets values and faults back")
    void exampleRuns() throws Exception {
        Host yourHost = HostedHost.builder().build();
        // README begin
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        try (GuestPartition partition = hypervisor.create("hv-vpindex,hv-time,hv-enforce-cpuid", yourHost)) {
            partition.cpuid().leaves().forEach(leaf -> System.out.printf("%08x: %08x%n", leaf.leaf(), leaf.eax()));
            GuestVp vp = partition.addVp(); // one for each virtual CPU, used on its thread

            vp.drain(); // before each entry into the guest
            try {
                long value = vp.readMsr(0x40000002); // the guest executed RDMSR
                System.out.println("VP_INDEX " + value);
                vp.writeMsr(0x40000021, 0x5001); // the guest executed WRMSR
            } catch (GuestFault fault) {
                System.out.println("inject exception " + fault.vector());
            }
        }
        // README end
        assertEquals(0, hypervisor.partitions().size());
    }
}
