package hv.dist;

import hv.dist.Dependencies.Dependency;
import hv.dist.Dependencies.Scope;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Karaf's features: each has some bundles and what these need. */
final class Features {
    private static final String BASE = "hv";

    /** Beyond the base, which is the hypervisor with all enlightenments. */
    private static final Map<String, List<String>> MORE = new LinkedHashMap<>();

    static {
        MORE.put("hv-hosted", List.of("hv.hosted", "hv.snapshot"));
        MORE.put("hv-console", List.of("hv.console", "hv.hosted"));
        MORE.put("hv-memory", List.of("hv.memory"));
        MORE.put("hv-kvm", List.of("hv.kvm", "hv.machine", "hv.snapshot"));
    }

    /** What components need, where the container has not got it already. */
    private static final List<String> COMPONENTS = List.of(
            "org.apache.felix.scr", "org.osgi.service.component", "org.osgi.util.function", "org.osgi.util.promise");

    private final Map<String, Published> byName = new LinkedHashMap<>();
    private final Dependencies dependencies;
    private final String version;

    Features(Collection<Published> all, Dependencies dependencies, String version) {
        all.forEach(each -> byName.put(each.artifact().id(), each));
        this.dependencies = dependencies;
        this.version = version;
    }

    /** The file's text. */
    String text() {
        Markup features = new Markup()
                .open(
                        "features",
                        "xmlns",
                        "http://karaf.apache.org/xmlns/features/v1.6.0",
                        "name",
                        BASE + "-" + version);
        Set<Artifact> base = new LinkedHashSet<>();
        closure("hv.partition", base);
        byName.values().stream()
                .filter(each -> !each.provides().isEmpty())
                .forEach(each -> closure(each.artifact().id(), base));
        open(features, BASE, "The hypervisor service and all enlightenments");
        COMPONENTS.forEach(name -> bundle(features, byName.get(name).artifact()));
        base.forEach(each -> bundle(features, each));
        features.close("feature");
        MORE.forEach((name, roots) -> {
            Set<Artifact> own = new LinkedHashSet<>();
            roots.forEach(root -> closure(root, own));
            own.removeAll(base);
            open(features, name, byName.get(roots.get(0)).description());
            features.element("feature", BASE, "version", version);
            own.forEach(each -> bundle(features, each));
            features.close("feature");
        });
        return features.close("features").toString();
    }

    private void open(Markup features, String name, String description) {
        features.open("feature", "name", name, "version", version, "description", description);
    }

    /** What is not ours is installed only where nothing else offers the same. */
    private static void bundle(Markup features, Artifact each) {
        if (each.isOwn()) {
            features.element("bundle", each.url());
        } else {
            features.element("bundle", each.url(), "dependency", "true");
        }
    }

    private void closure(String name, Set<Artifact> into) {
        Published one = byName.get(name);
        if (into.contains(one.artifact())) {
            return;
        }
        into.add(one.artifact());
        for (Dependency each : dependencies.of(one)) {
            if (!each.isOptional() && each.scope() != Scope.PROVIDED) {
                closure(each.artifact().id(), into);
            }
        }
    }
}
