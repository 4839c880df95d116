package hv.explain;

import hv.api.Flags;
import hv.api.Flags.Word;
import hv.api.HostFacts;
import hv.api.enlightenment.Configuration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Flags in canonical form, as {@link hv.api.host.Verdict#flags} has them, once more as enlightenments see them: to ask
 * an enlightenment for the bits that are its own. Flags are checked by the partition service and nowhere else.
 *
 * @param flags the flags that were understood
 * @param enabled ids that are switched on
 * @param host where the guest would run
 */
record GivenFlags(Flags flags, Set<String> enabled, HostFacts host) implements Configuration {
    static GivenFlags of(Flags flags, Collection<String> enabled, HostFacts host) {
        return new GivenFlags(flags, Set.copyOf(enabled), host);
    }

    /** Whether a flag was given, whatever it says. */
    boolean has(String flag) {
        return flags.find(flag).isPresent();
    }

    @Override
    public boolean isEnabled(String id) {
        return enabled.contains(id);
    }

    @Override
    public boolean enforcesCpuid() {
        return flags.isOn("hv-enforce-cpuid");
    }

    @Override
    public OptionalLong number(String flag) {
        Optional<String> value = flags.find(flag).flatMap(Word::value);
        return value.isPresent() ? Numbers.parse(value.get()) : OptionalLong.empty();
    }

    @Override
    public String text(String flag, String fallback) {
        return flags.find(flag).map(Word::setting).orElse(fallback);
    }

    /** The canonical form has none. */
    @Override
    public Optional<String> foreign(String flag) {
        return Optional.empty();
    }
}
