package hv.console;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.flags.FlagGrammar;
import java.util.Collection;

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
    static Flags expanded(
            Flags flags, CheckedHost host, Hypervisor hypervisor, Collection<? extends Enlightenment> enlightenments) {
        if (!flags.isOn(FLAG)) {
            return flags;
        }
        if (!host.kernel().isKnown()) {
            return OF_KERNEL.with(flags);
        }
        // What this kernel has by name, and no more: the flag itself would stand for everything that any kernel has.
        Flags others = new Flags(flags.words().stream()
                .filter(word -> !word.name().replace('_', '-').equals(FLAG))
                .toList());
        return host.kernel().passed(enlightenments, hypervisor).with(others);
    }

    /** Says of a note on hv-passthrough what it stands for with KVM. */
    static Problem told(Problem problem, Flags understood) {
        return problem.severity() == Severity.NOTE && problem.flag().equals(FLAG)
                ? new Problem(Severity.NOTE, FLAG, "hv-passthrough stands for what KVM gives: " + understood, "")
                : problem;
    }
}
