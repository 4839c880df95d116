package hv.oracle;

import hv.lab.rig.UnusableException;
import java.nio.file.Path;

/**
 * {@code ./hv oracle}: what hv says about configurations, compared with what QEMU and libvirt do with them.
 *
 * <p>hv answers in this process with the commands that people type. Each part has a judge that is not hv: {@code qemu}
 * is QEMU's emulator, which knows names, values and models but asks for no requirements; {@code kvm} is QEMU on this
 * machine's KVM; {@code libvirt} is libvirt, which makes QEMU's command line of a domain; {@code lab} is QEMU on a KVM
 * with the kernel's own Hyper-V code, in the lab.
 */
public final class Main {
    private Main() {}

    /** Exit status 0 if all that differs is explained, 1 if something is not, 2 with one line on stderr otherwise. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args));
    }

    private static int run(String... args) throws InterruptedException {
        try {
            String workspace = System.getProperty("hv.workspace");
            if (workspace == null) {
                throw new UnusableException("start it with ./hv oracle");
            }
            OracleOptions options = OracleOptions.parse(args);
            return new Oracle(options, Path.of(workspace), System.out).run() ? 0 : 1;
        } catch (UnusableException e) {
            System.err.println("hv oracle: " + e.getMessage());
            return 2;
        }
    }
}
