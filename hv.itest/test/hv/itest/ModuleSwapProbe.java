package hv.itest;

import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import hv.partition.EnlightenmentJar;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** A program beside the modules that replaces hv.time under a guest: the example of README.md. */
final class ModuleSwapProbe {
    private ModuleSwapProbe() {}

    /** The program; the argument is a newer jar. */
    public static void main(String[] args) throws Exception {
        Path newerJar = Path.of(args[0]);
        Host yourHost = HostedHost.builder().build();
        // README begin
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        try (GuestPartition partition = hypervisor.create("hv-time,hv-vpindex,hv-enforce-cpuid", yourHost)) {
            GuestVp vp = partition.addVp();
            vp.writeMsr(0x40000021, 0x5001); // the guest has a reference TSC page
            try (EnlightenmentJar newer = EnlightenmentJar.load(hypervisor, newerJar)) {
                SwapDTO swap = partition.places().history().get(0);
                System.out.println(newer.origin() + " " + swap.outcome() + ", state " + swap.stateBytes() + " bytes");
                System.out.printf("the guest's register is %x%n", vp.readMsr(0x40000021));
            } // the version that was there before takes over again
        }
        // README end
    }
}
