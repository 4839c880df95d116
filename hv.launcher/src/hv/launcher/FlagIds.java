package hv.launcher;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which enlightenments a {@code -cpu} argument names, as far as that can be told before any is started: the launcher has only
 * manifests to look at, and those say ids, not flags. The flags themselves are read by the partition service.
 *
 * @param ids what is switched on and offered by somebody
 * @param enforcesCpuid whether the guest gets nothing but these
 * @param isCertain whether every flag could be told; if not, everything must be started for the partition service to judge
 */
record FlagIds(Set<String> ids, boolean enforcesCpuid, boolean isCertain) {
    FlagIds {
        ids = Set.copyOf(ids);
    }

    /**
     * Looks through an argument.
     *
     * @param flags as {@code host,hv-relaxed,hv_time=on}
     * @param offered ids that deployed bundles offer
     */
    static FlagIds of(String flags, Set<String> offered) {
        if (isElsewhere(flags)) {
            return new FlagIds(Set.of(), false, false);
        }
        Set<String> ids = new TreeSet<>();
        boolean enforces = false;
        boolean certain = true;
        for (String part : flags.split(",")) {
            String word = part.strip();
            boolean isSigned = word.startsWith("+") || word.startsWith("-");
            String bare = isSigned ? word.substring(1) : word;
            int equals = bare.indexOf('=');
            String name = (equals < 0 ? bare : bare.substring(0, equals)).replace('_', '-');
            boolean isOff = word.startsWith("-") || bare.endsWith("=off");
            if (name.equals("hv-enforce-cpuid")) {
                enforces = !isOff;
            } else if (name.startsWith("hv-") && !isOff) {
                Optional<String> id = idOf(name.substring("hv-".length()), offered);
                id.ifPresent(ids::add);
                certain &= id.isPresent();
            } else if (name.startsWith("x-hv-")) {
                certain = false;
            }
        }
        return new FlagIds(ids, enforces, certain);
    }

    /** A file, standard input or another syntax than QEMU's flags: read later, by a bundle that knows how. */
    private static boolean isElsewhere(String flags) {
        return flags.startsWith("@")
                || flags.equals("-")
                || flags.contains("<")
                || flags.contains("\n")
                || flags.contains("-cpu ")
                || flags.startsWith("args:")
                || flags.startsWith("cpu:")
                || flags.startsWith("ostype:");
    }

    /** The id that a flag begins with, the longest: {@code hv-stimer-direct} is stimer-direct's, {@code hv-version-id-build} version-id's. */
    private static Optional<String> idOf(String name, Set<String> offered) {
        for (String prefix = name;
                !prefix.isEmpty();
                prefix = prefix.substring(0, Math.max(0, prefix.lastIndexOf('-')))) {
            if (offered.contains(prefix)) {
                return Optional.of(prefix);
            }
        }
        return Optional.empty();
    }
}
