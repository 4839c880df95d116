package hv.launcher.run;

import hv.api.Descriptor;
import hv.api.Enlightenment;
import hv.api.FlagOption;
import hv.api.Problem.Severity;
import hv.api.host.HostFacts;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The flags of a run without {@code --cpu}: every deployed enlightenment that can be switched on with nothing but its flag, a few
 * numbers that are in common use, and hv-enforce-cpuid. What cannot start on this host is left out. Any thread.
 */
final class DefaultFlags {
    /** An enlightenment whose flag is a number cannot say which; this is the one that QEMU's documentation recommends. */
    private static final Map<String, String> NUMBERS = Map.of("hv-spinlocks", "0x1fff");

    private DefaultFlags() {}

    static String of(Collection<Enlightenment> deployed, Hypervisor hypervisor, HostFacts facts) {
        Map<String, String> flags = new TreeMap<>();
        for (Enlightenment enlightenment : deployed) {
            Descriptor descriptor = enlightenment.descriptor();
            if (descriptor.migrationVeto().isEmpty()) {
                write(descriptor.options().getFirst()).ifPresent(text -> flags.put(descriptor.flag(), text));
            }
        }
        while (true) {
            String text = flags.isEmpty() ? "" : String.join(",", flags.values()) + ",hv-enforce-cpuid";
            Verdict verdict = hypervisor.check(text, facts);
            Set<String> impossible = verdict.problems().stream()
                    .filter(problem -> problem.severity() == Severity.WILL_NOT_START)
                    .map(problem -> problem.flag())
                    .collect(Collectors.toSet());
            if (!flags.keySet().removeAll(impossible)) {
                return text;
            }
        }
    }

    private static Optional<String> write(FlagOption option) {
        return switch (option.kind()) {
            case SWITCH -> Optional.of(option.flag());
            case NUMBER -> Optional.ofNullable(NUMBERS.get(option.flag())).map(number -> option.flag() + "=" + number);
            case CHOICE, TEXT -> Optional.empty();
        };
    }
}
