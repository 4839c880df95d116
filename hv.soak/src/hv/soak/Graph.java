package hv.soak;

import hv.api.enlightenment.RequiresGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Which bundles that run offer and require which enlightenments, as their manifests say. Any thread. */
final class Graph {
    private final BundleContext context;

    Graph(BundleContext context) {
        this.context = context;
    }

    private RequiresGraph<Bundle> running() {
        return RequiresGraph.ofManifests(
                Arrays.stream(context.getBundles())
                        .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                        .toList(),
                bundle -> bundle.getHeaders(""));
    }

    /** The bundles that offer an enlightenment and run. */
    List<Bundle> active() {
        RequiresGraph<Bundle> graph = running();
        return Arrays.stream(context.getBundles())
                .filter(bundle -> !graph.offers(bundle).isEmpty())
                .toList();
    }

    /** What running bundles offer. */
    Set<String> offered() {
        return new TreeSet<>(running().ids());
    }

    /** Where the graph is violated: a running bundle without one that it requires. */
    List<String> violations() {
        RequiresGraph<Bundle> graph = running();
        return graph.nodes().stream()
                .filter(bundle -> !graph.isSatisfied(bundle))
                .map(bundle -> bundle.getSymbolicName() + " runs without one of " + graph.requires(bundle))
                .sorted()
                .toList();
    }
}
