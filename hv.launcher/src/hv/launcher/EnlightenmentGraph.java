package hv.launcher;

import hv.api.enlightenment.RequiresGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * The Requires graph as the manifests of the installed bundles draw it, now: drawn anew at each question, because
 * bundles come and go. A manifest is read once, until its bundle is updated. Any thread.
 */
public final class EnlightenmentGraph {
    /** What a manifest says, of a bundle as it was at that time. */
    private record Said(long modifiedAt, Set<String> offers, Set<String> requires) {}

    private final BundleContext context;
    private final Map<Bundle, Said> said = new ConcurrentHashMap<>();

    EnlightenmentGraph(BundleContext context) {
        this.context = context;
    }

    private RequiresGraph<Bundle> installed() {
        return graph(bundlesNow());
    }

    /** The installed bundles. What was read of others is forgotten, since a bundle that is gone must not be held. */
    private List<Bundle> bundlesNow() {
        List<Bundle> bundles = Arrays.asList(context.getBundles());
        said.keySet().retainAll(Set.copyOf(bundles));
        return bundles;
    }

    /** The graph of the bundles that run, and another one that may just be leaving. */
    private RequiresGraph<Bundle> active(Bundle other) {
        return graph(bundlesNow().stream()
                .filter(bundle -> bundle.getState() == Bundle.ACTIVE || bundle.equals(other))
                .toList());
    }

    private RequiresGraph<Bundle> graph(Collection<Bundle> bundles) {
        return RequiresGraph.of(
                bundles, bundle -> said(bundle).offers(), bundle -> said(bundle).requires());
    }

    private Said said(Bundle bundle) {
        long modifiedAt = bundle.getLastModified();
        return said.compute(
                bundle, (key, before) -> before != null && before.modifiedAt() == modifiedAt ? before : read(key));
    }

    private static Said read(Bundle bundle) {
        long modifiedAt = bundle.getLastModified();
        RequiresGraph<Bundle> alone = RequiresGraph.ofManifests(List.of(bundle), each -> each.getHeaders(""));
        return new Said(modifiedAt, Set.copyOf(alone.offers(bundle)), Set.copyOf(alone.requires(bundle)));
    }

    /** The installed bundles that offer an enlightenment, oldest first. */
    public List<Bundle> bundles() {
        RequiresGraph<Bundle> graph = installed();
        return Arrays.stream(context.getBundles())
                .filter(bundle -> !graph.offers(bundle).isEmpty())
                .toList();
    }

    /** Ids a bundle offers. */
    public Set<String> offers(Bundle bundle) {
        return new TreeSet<>(graph(List.of(bundle)).offers(bundle));
    }

    /** Ids a bundle requires directly and does not offer itself. */
    public Set<String> requires(Bundle bundle) {
        return new TreeSet<>(graph(List.of(bundle)).requires(bundle));
    }

    /** All ids that installed bundles offer. */
    public Set<String> ids() {
        return new TreeSet<>(installed().ids());
    }

    /**
     * Ids that {@code id} needs, directly or through others, and that no installed bundle offers; itself if nobody
     * offers it.
     */
    public Set<String> missing(String id) {
        return new TreeSet<>(installed().missing(id));
    }

    Set<String> missingFor(Bundle bundle) {
        return installed().missingFor(bundle);
    }

    /** The installed bundles that offer an id. */
    public List<Bundle> providers(String id) {
        return installed().providers(id);
    }

    /**
     * The bundles that offer these ids and all they require: of several that offer the same, the newest whose own
     * requirements are there.
     */
    Set<Bundle> closure(Collection<String> ids) {
        Set<Bundle> found = new LinkedHashSet<>();
        RequiresGraph<Bundle> graph = installed();
        ids.forEach(id -> collectClosure(graph, id, found));
        return found;
    }

    private static void collectClosure(RequiresGraph<Bundle> graph, String id, Set<Bundle> found) {
        graph.providers(id).stream()
                .filter(bundle -> graph.missingFor(bundle).isEmpty())
                .max(Comparator.comparing(Bundle::getVersion))
                .filter(found::add)
                .ifPresent(bundle -> graph.requires(bundle).forEach(other -> collectClosure(graph, other, found)));
    }

    /** Active bundles that cannot work once {@code leaving} is gone, those first that nobody else of them needs. */
    List<Bundle> dependents(Bundle leaving) {
        return active(leaving).dependents(leaving);
    }

    /** Whether every id that a bundle requires is offered by an active bundle. */
    boolean isSatisfied(Bundle bundle) {
        return active(bundle).isSatisfied(bundle);
    }

    /** For each id that a bundle requires and no active bundle offers, an installed one that could: the newest. */
    List<Bundle> resting(Bundle bundle) {
        RequiresGraph<Bundle> active = active(bundle);
        RequiresGraph<Bundle> installed = installed();
        return installed.requires(bundle).stream()
                .filter(id -> active.providers(id).isEmpty())
                .flatMap(id -> installed.providers(id).stream().max(Comparator.comparing(Bundle::getVersion)).stream())
                .distinct()
                .toList();
    }

    /** Sorts bundles so that each follows those it requires. */
    public List<Bundle> inStartOrder(Collection<Bundle> bundles) {
        return graph(bundles).order(new ArrayList<>(bundles));
    }
}
