package hv.console;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.flags.FlagGrammar;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What QEMU makes of hv-passthrough: it takes the kernel's own leaves for the guest's, which say some things otherwise
 * than flags would, and win over what is given beside them.
 */
final class Passthrough {
    private static final String FLAG = "hv-passthrough";

    /** KVM's number of retries, its vendor id, and what is there though it ties a guest to a TSC frequency. */
    private static final Flags OF_KERNEL =
            FlagGrammar.read("hv-reenlightenment,hv-spinlocks=0xfff,hv-vendor-id=Linux KVM Hv");

    private static final Set<String> KERNELS_VALUES = Set.of("hv-spinlocks", "hv-vendor-id");

    private Passthrough() {}

    /** Puts what KVM gives in place of the words that QEMU does not look at. */
    static Flags expanded(
            Flags flags, CheckedHost host, Hypervisor hypervisor, Collection<? extends Enlightenment> enlightenments) {
        if (!flags.isOn(FLAG)) {
            return flags;
        }
        boolean isKnown = host.kernel().isKnown();
        // What a known kernel has by name, and no more: the flag itself would stand for what any kernel has.
        Flags others = new Flags(flags.words().stream()
                .filter(word -> !isIgnored(word) && !(isKnown && word.name().equals(FLAG)))
                .toList());
        return (isKnown ? host.kernel().passed(enlightenments, hypervisor) : OF_KERNEL).with(others);
    }

    /** Says which words have no effect beside hv-passthrough. */
    static Optional<Problem> ignored(Flags flags) {
        String words = flags.isOn(FLAG)
                ? flags.inEffect().stream()
                        .filter(Passthrough::isIgnored)
                        .map(Flags.Word::toString)
                        .collect(Collectors.joining(", "))
                : "";
        return words.isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(
                        Severity.NOTE, FLAG, "QEMU takes KVM's own value, whatever is given beside it: " + words, ""));
    }

    /** A value that cannot be read is refused all the same, so such a word is left for that. */
    private static boolean isIgnored(Flags.Word word) {
        boolean isRead = word.sign() == Flags.Sign.NONE || word.spelling().equals(word.name());
        boolean isOff = word.isHyperV() && word.isOff() && isRead;
        boolean hasGoodValue = word.value().isPresent() && !word.setting().isEmpty();
        return isOff && !word.name().equals(FLAG)
                || KERNELS_VALUES.contains(word.name()) && hasGoodValue && isValue(word);
    }

    private static boolean isValue(Flags.Word word) {
        if (word.name().equals("hv-vendor-id")) {
            return true;
        }
        try {
            return Long.decode(word.setting()) >= 0 && Long.decode(word.setting()) <= 0xFFFF_FFFFL;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Says of a note on hv-passthrough what it stands for with KVM. */
    static Problem told(Problem problem, Flags understood) {
        return problem.severity() == Severity.NOTE && problem.flag().equals(FLAG)
                ? new Problem(Severity.NOTE, FLAG, "hv-passthrough stands for what KVM gives: " + understood, "")
                : problem;
    }
}
