package hv.partition.plan;

import hv.api.HostFacts;
import hv.api.enlightenment.Configuration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The flags of a partition, as enlightenments see them.
 *
 * @param flags what was given
 * @param enabled ids that are switched on
 * @param host where it runs
 */
public record FlagConfiguration(ParsedFlags flags, Set<String> enabled, HostFacts host) implements Configuration {
    /** Copies the set. */
    public FlagConfiguration {
        enabled = Set.copyOf(enabled);
    }

    @Override
    public boolean isEnabled(String id) {
        return enabled.contains(id);
    }

    @Override
    public boolean enforcesCpuid() {
        return flags.isOn(OwnFlags.ENFORCE_CPUID);
    }

    @Override
    public OptionalLong number(String flag) {
        FlagValue value = flags.values().get(flag);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value.number());
    }

    @Override
    public String text(String flag, String fallback) {
        FlagValue value = flags.values().get(flag);
        return value == null ? fallback : value.text();
    }

    @Override
    public Optional<String> foreign(String flag) {
        return flags.foreignValue(flag);
    }
}
