package hv.console;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.flags.FlagGrammar;

/**
 * What QEMU makes of hv-passthrough: it takes the kernel's own leaves for the guest's, which say some things otherwise
 * than flags would.
 */
final class Passthrough {
    private static final String FLAG = "hv-passthrough";

    /** KVM's number of retries, its vendor id, and what is there though it ties a guest to a TSC frequency. */
    private static final Flags OF_KERNEL =
            FlagGrammar.read("hv-reenlightenment,hv-spinlocks=0xfff,hv-vendor-id=Linux KVM Hv");

    private Passthrough() {}

    /** Puts what KVM gives before the flags that are given by name, which win. */
    static Flags expanded(Flags flags) {
        return flags.isOn(FLAG) ? OF_KERNEL.with(flags) : flags;
    }

    /** Says of a note on hv-passthrough what it stands for with KVM. */
    static Problem told(Problem problem, Flags understood) {
        return problem.severity() == Severity.NOTE && problem.flag().equals(FLAG)
                ? new Problem(Severity.NOTE, FLAG, "hv-passthrough stands for what KVM gives: " + understood, "")
                : problem;
    }
}
