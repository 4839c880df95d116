package hv.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * The Requires graph as the manifests of the installed bundles draw it, now: read anew at each question, because bundles come and
 * go. Any thread.
 */
public final class EnlightenmentGraph {
    /** Namespace of the capabilities that are the graph's nodes. */
    static final String NAMESPACE = "hv.enlightenment";

    private final BundleContext context;

    EnlightenmentGraph(BundleContext context) {
        this.context = context;
    }

    /** The installed bundles that offer an enlightenment, oldest first. */
    public List<Bundle> bundles() {
        List<Bundle> found = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            if (!offers(bundle).isEmpty()) {
                found.add(bundle);
            }
        }
        return found;
    }

    /** Ids a bundle offers. */
    public Set<String> offers(Bundle bundle) {
        Set<String> ids = new TreeSet<>();
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision != null) {
            for (BundleCapability capability : revision.getDeclaredCapabilities(NAMESPACE)) {
                ids.add(String.valueOf(capability.getAttributes().get(NAMESPACE)));
            }
        }
        return ids;
    }

    /** Ids a bundle requires directly and does not offer itself. */
    public Set<String> requires(Bundle bundle) {
        Set<String> ids = new TreeSet<>();
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision != null) {
            for (BundleRequirement requirement : revision.getDeclaredRequirements(NAMESPACE)) {
                ids.add(idOf(requirement.getDirectives().get("filter")));
            }
        }
        ids.removeAll(offers(bundle));
        return ids;
    }

    /** The id in a filter of the one form that the annotation writes: {@code (hv.enlightenment=ID)}. */
    private static String idOf(String filter) {
        try {
            String normal = FrameworkUtil.createFilter(filter).toString();
            return normal.substring(normal.indexOf('=') + 1, normal.length() - 1);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(filter, e);
        }
    }

    /** All ids that installed bundles offer. */
    public Set<String> ids() {
        Set<String> ids = new TreeSet<>();
        bundles().forEach(bundle -> ids.addAll(offers(bundle)));
        return ids;
    }

    /** Ids that {@code id} needs, directly or through others, and that no installed bundle offers; itself if nobody offers it. */
    public Set<String> missing(String id) {
        Set<String> missing = new TreeSet<>();
        collectMissing(id, new TreeSet<>(), missing);
        return missing;
    }

    Set<String> missingFor(Bundle bundle) {
        Set<String> missing = new TreeSet<>();
        requires(bundle).forEach(id -> collectMissing(id, new TreeSet<>(), missing));
        return missing;
    }

    private void collectMissing(String id, Set<String> seen, Set<String> missing) {
        if (!seen.add(id)) {
            return;
        }
        List<Bundle> providers = providers(id);
        if (providers.isEmpty()) {
            missing.add(id);
        }
        for (Bundle provider : providers) {
            requires(provider).forEach(required -> collectMissing(required, seen, missing));
        }
    }

    /** The installed bundles that offer an id. */
    public List<Bundle> providers(String id) {
        return bundles().stream().filter(bundle -> offers(bundle).contains(id)).toList();
    }

    /** The bundles that offer these ids and all they require: of several that offer the same, the newest whose own requirements are there. */
    Set<Bundle> closure(Collection<String> ids) {
        Set<Bundle> found = new LinkedHashSet<>();
        ids.forEach(id -> collectClosure(id, found));
        return found;
    }

    private void collectClosure(String id, Set<Bundle> found) {
        providers(id).stream()
                .filter(bundle -> missingFor(bundle).isEmpty())
                .max(Comparator.comparing(Bundle::getVersion))
                .filter(found::add)
                .ifPresent(bundle -> requires(bundle).forEach(required -> collectClosure(required, found)));
    }

    /** Active bundles that cannot work once {@code leaving} is gone, those first that nobody else of them needs. */
    List<Bundle> dependents(Bundle leaving) {
        Set<Bundle> found = new LinkedHashSet<>();
        collectDependents(leaving, found);
        found.remove(leaving);
        List<Bundle> order = new ArrayList<>(inStartOrder(found));
        return order.reversed();
    }

    private void collectDependents(Bundle leaving, Set<Bundle> found) {
        for (String id : offers(leaving)) {
            boolean isStillOffered = providers(id).stream()
                    .anyMatch(other -> !other.equals(leaving) && !found.contains(other) && isActive(other));
            if (isStillOffered) {
                continue;
            }
            for (Bundle bundle : bundles()) {
                if (isActive(bundle) && requires(bundle).contains(id) && found.add(bundle)) {
                    collectDependents(bundle, found);
                }
            }
        }
    }

    /** Whether every id that a bundle requires is offered by an active bundle. */
    boolean isSatisfied(Bundle bundle) {
        return requires(bundle).stream().allMatch(id -> providers(id).stream().anyMatch(EnlightenmentGraph::isActive));
    }

    /** For each id that a bundle requires and no active bundle offers, an installed one that could: the newest. */
    List<Bundle> resting(Bundle bundle) {
        List<Bundle> found = new ArrayList<>();
        for (String id : requires(bundle)) {
            List<Bundle> providers = providers(id);
            if (providers.stream().noneMatch(EnlightenmentGraph::isActive)) {
                providers.stream()
                        .max(Comparator.comparing(Bundle::getVersion))
                        .filter(provider -> !found.contains(provider))
                        .ifPresent(found::add);
            }
        }
        return found;
    }

    private static boolean isActive(Bundle bundle) {
        return bundle.getState() == Bundle.ACTIVE;
    }

    /** The same bundles, each after those it requires. */
    public List<Bundle> inStartOrder(Collection<Bundle> bundles) {
        Set<Bundle> order = new LinkedHashSet<>();
        Set<Bundle> visiting = new LinkedHashSet<>();
        bundles.forEach(bundle -> visit(bundle, bundles, visiting, order));
        return List.copyOf(order);
    }

    private void visit(Bundle bundle, Collection<Bundle> among, Set<Bundle> visiting, Set<Bundle> order) {
        if (!visiting.add(bundle)) {
            return;
        }
        for (String id : requires(bundle)) {
            for (Bundle provider : among) {
                if (offers(provider).contains(id)) {
                    visit(provider, among, visiting, order);
                }
            }
        }
        order.add(bundle);
    }
}
