package hv.explain;

import hv.api.Configuration;
import hv.api.host.HostFacts;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Flags in canonical form, as {@link hv.api.host.Verdict#flags} writes them, once more as enlightenments see them: to ask an
 * enlightenment for the bits that are its own. Flags are read and checked by the partition service and nowhere else.
 *
 * @param values what stands behind {@code =}, by flag; {@code on} where there is nothing
 * @param enabled ids that are switched on
 * @param host where the guest would run
 */
record GivenFlags(Map<String, String> values, Set<String> enabled, HostFacts host) implements Configuration {
    GivenFlags {
        values = Map.copyOf(values);
        enabled = Set.copyOf(enabled);
    }

    static GivenFlags of(String canonical, Collection<String> enabled, HostFacts host) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String flag : canonical.split(",")) {
            int equals = flag.indexOf('=');
            values.put(equals < 0 ? flag : flag.substring(0, equals), equals < 0 ? "on" : flag.substring(equals + 1));
        }
        return new GivenFlags(values, Set.copyOf(enabled), host);
    }

    @Override
    public boolean isEnabled(String id) {
        return enabled.contains(id);
    }

    @Override
    public boolean enforcesCpuid() {
        return values.getOrDefault("hv-enforce-cpuid", "off").equals("on");
    }

    @Override
    public OptionalLong number(String flag) {
        return values.containsKey(flag) ? Numbers.parse(values.get(flag)) : OptionalLong.empty();
    }

    @Override
    public String text(String flag, String fallback) {
        return values.getOrDefault(flag, fallback);
    }

    /** The canonical form has none. */
    @Override
    public Optional<String> foreign(String flag) {
        return Optional.empty();
    }
}
