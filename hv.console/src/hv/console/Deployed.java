package hv.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Capability;
import org.osgi.resource.Requirement;

/** The Requires graph of the installed bundles, active or not, as their manifests tell it. A snapshot for one command. */
final class Deployed {
    private static final String NAMESPACE = "hv.enlightenment";
    private static final String FILTER_START = "(" + NAMESPACE + "=";

    private final Map<String, Bundle> providers = new LinkedHashMap<>();
    private final Map<Bundle, Set<String>> requires = new LinkedHashMap<>();

    Deployed(BundleContext context) {
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision == null) {
                continue;
            }
            for (Capability capability : revision.getDeclaredCapabilities(NAMESPACE)) {
                providers.merge(
                        String.valueOf(capability.getAttributes().get(NAMESPACE)),
                        bundle,
                        (one, other) -> one.getState() == Bundle.ACTIVE ? one : other);
            }
            Set<String> required = new TreeSet<>();
            for (Requirement requirement : revision.getDeclaredRequirements(NAMESPACE)) {
                String filter = requirement.getDirectives().get("filter");
                if (filter != null && filter.startsWith(FILTER_START)) {
                    required.add(filter.substring(FILTER_START.length(), filter.length() - 1));
                }
            }
            requires.put(bundle, required);
        }
    }

    /** Ids that installed bundles offer. */
    Set<String> offered() {
        return new TreeSet<>(providers.keySet());
    }

    /** Whether a bundle offers or requires the id. */
    boolean isKnown(String id) {
        return providers.containsKey(id) || requires.values().stream().anyMatch(required -> required.contains(id));
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
    Set<String> closure(String id) {
        Set<String> closure = new LinkedHashSet<>();
        collect(id, closure);
        return closure;
    }

    private void collect(String id, Set<String> closure) {
        Bundle provider = providers.get(id);
        if (closure.add(id) && provider != null) {
            requires.get(provider).forEach(other -> collect(other, closure));
        }
    }
}
