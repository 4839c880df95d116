package example.vmm;

import hv.api.host.Hypervisor;
import java.util.ServiceLoader;

/** The program, on the module path or on the class path. */
public final class Main {
    private static final long TICKS = 100;

    private Main() {}

    /** Runs a guest with two VPs to its end. */
    public static void main(String[] args) throws Exception {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("hv.partition is on neither path"));
        try (Vmm vmm = new Vmm(hypervisor, 2, TICKS, System.out::println)) {
            vmm.start();
            vmm.await();
        }
        System.out.println("the guest is off");
    }
}
