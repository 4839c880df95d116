package hv.dist;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a bundle needs of others, told by manifests: who exports what it imports, and is what it requires. */
final class Dependencies {
    private static final List<String> OF_THE_JDK = List.of("java.", "javax.", "jdk.", "sun.");
    private static final String FRAMEWORK = "osgi.core";

    /** How something is needed, as Maven names it. */
    enum Scope {
        COMPILE,
        /** Whoever starts bundles has it. */
        PROVIDED,
        /** Not a word of it is in the code. */
        RUNTIME
    }

    record Dependency(Artifact artifact, Scope scope, boolean isOptional) {}

    private final Map<String, Artifact> exporters = new HashMap<>();
    private final Map<String, Artifact> providers = new HashMap<>();

    /** Of several that export a package the first one counts. */
    Dependencies(Collection<Published> all) {
        for (Published each : all) {
            each.exports().forEach(name -> exporters.putIfAbsent(name, each.artifact()));
            each.provides().forEach(id -> providers.putIfAbsent(id, each.artifact()));
        }
    }

    /** What {@code one} needs directly. */
    List<Dependency> of(Published one) {
        Map<Artifact, Dependency> found = new LinkedHashMap<>();
        one.imports().forEach((name, isOptional) -> {
            Artifact exporter = exporters.get(name);
            if (exporter == null && !isOptional && OF_THE_JDK.stream().noneMatch(name::startsWith)) {
                throw new IllegalStateException(one.artifact().id() + " needs " + name + ", which nobody exports");
            }
            if (exporter != null && !exporter.equals(one.artifact())) {
                Scope scope = exporter.id().equals(FRAMEWORK) ? Scope.PROVIDED : Scope.COMPILE;
                found.merge(
                        exporter,
                        new Dependency(exporter, scope, isOptional),
                        (a, b) -> new Dependency(exporter, scope, a.isOptional() && b.isOptional()));
            }
        });
        for (String id : one.requires()) {
            Artifact provider = providers.get(id);
            if (provider == null) {
                throw new IllegalStateException(one.artifact().id() + " requires " + id + ", which nobody is");
            }
            if (!provider.equals(one.artifact())) {
                found.putIfAbsent(provider, new Dependency(provider, Scope.RUNTIME, false));
            }
        }
        return new ArrayList<>(found.values());
    }
}
