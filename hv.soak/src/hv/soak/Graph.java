package hv.soak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleRevision;

/** Which installed bundles offer and require which enlightenments, as their manifests say. Any thread. */
final class Graph {
    private static final String NAMESPACE = "hv.enlightenment";

    private final BundleContext context;

    Graph(BundleContext context) {
        this.context = context;
    }

    static Set<String> offers(Bundle bundle) {
        Set<String> ids = new TreeSet<>();
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision != null) {
            revision.getDeclaredCapabilities(NAMESPACE)
                    .forEach(capability ->
                            ids.add(String.valueOf(capability.getAttributes().get(NAMESPACE))));
        }
        return ids;
    }

    private static Set<String> requires(Bundle bundle) {
        Set<String> ids = new TreeSet<>();
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision != null) {
            revision.getDeclaredRequirements(NAMESPACE).forEach(requirement -> {
                String filter = requirement.getDirectives().get("filter");
                ids.add(filter.substring(filter.indexOf('=') + 1, filter.length() - 1));
            });
        }
        ids.removeAll(offers(bundle));
        return ids;
    }

    /** The bundles that offer an enlightenment and run. */
    List<Bundle> active() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                .filter(bundle -> !offers(bundle).isEmpty())
                .toList();
    }

    /** What running bundles offer. */
    Set<String> offered() {
        Set<String> ids = new TreeSet<>();
        active().forEach(bundle -> ids.addAll(offers(bundle)));
        return ids;
    }

    /** Where the graph is violated: a running bundle without one that it requires. */
    List<String> violations() {
        Map<String, Set<String>> missing = new TreeMap<>();
        Set<String> offered = offered();
        for (Bundle bundle : active()) {
            Set<String> without = requires(bundle);
            without.removeAll(offered);
            if (!without.isEmpty()) {
                missing.put(bundle.getSymbolicName(), without);
            }
        }
        List<String> lines = new ArrayList<>();
        missing.forEach((bundle, ids) -> lines.add(bundle + " runs without " + ids));
        return lines;
    }
}
