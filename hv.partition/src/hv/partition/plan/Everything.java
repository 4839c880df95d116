package hv.partition.plan;

import hv.api.Flags;
import hv.api.Flags.Word;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.FlagOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What "everything this host can" comes to: hv-passthrough, and the default of front ends.
 *
 * <p>Every deployed enlightenment whose flag has a usual value, less what keeps the guest from being moved and what
 * cannot start here, as hv-evmcs on a processor without VMX.
 */
public final class Everything {
    private Everything() {}

    /** The flags, in the order of their names. */
    public static Flags on(HostFacts host, Catalogue catalogue) {
        Map<String, Word> flags = new TreeMap<>();
        for (Catalogue.Entry entry : catalogue.all()) {
            Descriptor descriptor = entry.descriptor();
            FlagOption option = descriptor.options().get(0);
            if (!option.usual().isEmpty()) {
                flags.put(option.flag(), Requirements.on(descriptor));
            }
        }
        while (true) {
            Flags left = new Flags(List.copyOf(flags.values()));
            Set<String> unfit = Plan.of(new FlagParser(catalogue).parse(left), host, catalogue).problems().stream()
                    .filter(Everything::isUnfit)
                    .map(Problem::flag)
                    .collect(Collectors.toSet());
            if (!flags.keySet().removeAll(unfit)) {
                return left;
            }
        }
    }

    private static boolean isUnfit(Problem problem) {
        return problem.severity() == Severity.WILL_NOT_START || problem.severity() == Severity.BLOCKS_MIGRATION;
    }

    /** What is to be said of hv-passthrough: that it blocks migration (QEMU's text), and what it stands for. */
    static List<Problem> problems(Flags everything) {
        return List.of(
                new Problem(
                        Severity.BLOCKS_MIGRATION,
                        OwnFlags.PASSTHROUGH,
                        "'hv-passthrough' CPU flag prevents migration",
                        "use explicit set of hv-* flags instead"),
                new Problem(
                        Severity.NOTE,
                        OwnFlags.PASSTHROUGH,
                        "hv-passthrough stands for what this host can: " + everything,
                        ""));
    }
}
