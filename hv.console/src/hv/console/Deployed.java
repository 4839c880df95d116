package hv.console;

import hv.api.enlightenment.RequiresGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * The Requires graph of the installed bundles, active or not, as their manifests tell it; of several that offer the
 * same an active one. A snapshot for one command.
 */
final class Deployed {
    private final Map<String, Bundle> providers = new TreeMap<>();
    private final RequiresGraph<Bundle> graph;

    Deployed(BundleContext context) {
        List<Bundle> bundles = Arrays.asList(context.getBundles());
        RequiresGraph<Bundle> all = RequiresGraph.ofManifests(bundles, bundle -> bundle.getHeaders(""));
        for (String id : all.ids()) {
            List<Bundle> offering = all.providers(id);
            providers.put(
                    id,
                    offering.stream()
                            .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                            .findFirst()
                            .orElse(offering.get(offering.size() - 1)));
        }
        graph = RequiresGraph.of(
                bundles,
                bundle -> all.offers(bundle).stream()
                        .filter(id -> bundle.equals(providers.get(id)))
                        .toList(),
                all::requires);
    }

    /** Ids that installed bundles offer. */
    List<String> offered() {
        return graph.ids();
    }

    /** Whether a bundle offers or requires the id. */
    boolean isKnown(String id) {
        return providers.containsKey(id)
                || graph.nodes().stream()
                        .anyMatch(bundle -> graph.requires(bundle).contains(id));
    }

    /** What keeps an id from being active, each with what to do; itself first, then what it requires, nearest first. */
    List<String> obstacles(String id, Set<String> active) {
        List<String> lines = new ArrayList<>();
        for (String needed : closure(id)) {
            Bundle bundle = providers.get(needed);
            String subject = needed.equals(id) ? "hv-" + id : "it requires hv-" + needed + ", which";
            if (bundle == null) {
                lines.add(
                        "%s is offered by no installed bundle: install and start the one that provides hv.enlightenment=%s"
                                .formatted(subject, needed));
            } else if (!active.contains(needed)) {
                lines.add("%s is offered by bundle %s (%d), which is %s: start %d"
                        .formatted(
                                subject,
                                bundle.getSymbolicName(),
                                bundle.getBundleId(),
                                WhyCommand.state(bundle),
                                bundle.getBundleId()));
            }
        }
        return lines;
    }

    /** An id and all it requires, directly or through others, nearest first. */
    List<String> closure(String id) {
        return graph.closure(id);
    }
}
