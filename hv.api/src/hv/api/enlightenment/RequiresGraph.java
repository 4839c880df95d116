package hv.api.enlightenment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Dictionary;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Requires graph: who offers which enlightenments, and which ones each needs to work. Whoever has to know what
 * follows from it asks here: a launcher what to start, a partition who has to leave, a tool what is missing. The graph
 * may have circles, and ids that nobody offers or several offer. A snapshot of what it was made of; immutable, any
 * thread.
 *
 * @param <N> what offers and requires: a bundle, a descriptor, a place in a partition; told apart by {@code equals}
 */
public final class RequiresGraph<N> {
    private static final String FILTER_BEGIN = "(" + ProvidesEnlightenment.NAMESPACE + "=";
    private static final String FILTER_END = ")";

    private final Map<N, Set<String>> requires = new LinkedHashMap<>();
    private final Map<N, Set<String>> offers = new LinkedHashMap<>();
    private final Map<String, List<N>> providers = new TreeMap<>();

    private RequiresGraph(
            Collection<? extends N> nodes,
            Function<? super N, ? extends Collection<String>> offered,
            Function<? super N, ? extends Collection<String>> required) {
        for (N node : nodes) {
            Set<String> own = new LinkedHashSet<>(offered.apply(node));
            Set<String> others = new LinkedHashSet<>(required.apply(node));
            others.removeAll(own);
            offers.put(node, own);
            requires.put(node, others);
            own.forEach(id ->
                    providers.computeIfAbsent(id, key -> new ArrayList<>()).add(node));
        }
    }

    /**
     * A graph of {@code nodes}, which keep their order.
     *
     * @param offered ids that a node offers
     * @param required ids that it requires directly; those that it offers itself do not count
     */
    public static <N> RequiresGraph<N> of(
            Collection<? extends N> nodes,
            Function<? super N, ? extends Collection<String>> offered,
            Function<? super N, ? extends Collection<String>> required) {
        return new RequiresGraph<>(nodes, offered, required);
    }

    /** The graph of what is deployed, as descriptors say. */
    public static RequiresGraph<Descriptor> of(Collection<Descriptor> descriptors) {
        return of(descriptors, descriptor -> List.of(descriptor.id()), Descriptor::requires);
    }

    /**
     * The graph that manifests of bundles draw with what {@link ProvidesEnlightenment} and {@link
     * RequiresEnlightenment} have left in them.
     *
     * @param headers the main headers of a node's manifest by name; of filters that the annotation has not written
     *     nothing is known, and they do not count
     */
    public static <N> RequiresGraph<N> ofManifests(
            Collection<? extends N> nodes, Function<? super N, Dictionary<String, String>> headers) {
        return of(
                nodes,
                node -> clauses(headers.apply(node), "Provide-Capability")
                        .map(clause -> clause.get(ProvidesEnlightenment.NAMESPACE))
                        .filter(Objects::nonNull)
                        .sorted()
                        .toList(),
                node -> clauses(headers.apply(node), "Require-Capability")
                        .map(clause -> clause.getOrDefault("filter", "").replace(" ", ""))
                        .filter(filter -> filter.startsWith(FILTER_BEGIN) && filter.endsWith(FILTER_END))
                        .map(filter -> filter.substring(FILTER_BEGIN.length(), filter.length() - FILTER_END.length()))
                        .sorted()
                        .toList());
    }

    /** What each clause about enlightenments says. */
    private static Stream<Map<String, String>> clauses(Dictionary<String, String> headers, String name) {
        String header = headers.get(name);
        return header == null
                ? Stream.empty()
                : ManifestClause.of(header).stream()
                        .filter(clause -> clause.name().equals(ProvidesEnlightenment.NAMESPACE))
                        .map(ManifestClause::values);
    }

    /** All nodes. */
    public Set<N> nodes() {
        return Set.copyOf(offers.keySet());
    }

    /** All ids that are offered, sorted. */
    public List<String> ids() {
        return List.copyOf(providers.keySet());
    }

    /** Ids that a node offers; none if it is not in the graph. */
    public Set<String> offers(N node) {
        return Set.copyOf(offers.getOrDefault(node, Set.of()));
    }

    /** Ids that a node requires directly and does not offer itself, in its order. */
    public List<String> requires(N node) {
        return List.copyOf(requires.getOrDefault(node, Set.of()));
    }

    /** The nodes that offer an id. */
    public List<N> providers(String id) {
        return List.copyOf(providers.getOrDefault(id, List.of()));
    }

    /** An id and all ids that it requires, directly or through others, each before those that it requires itself. */
    public List<String> closure(String id) {
        Set<String> found = new LinkedHashSet<>();
        collect(id, found);
        return List.copyOf(found);
    }

    private void collect(String id, Set<String> found) {
        if (found.add(id)) {
            for (N provider : providers.getOrDefault(id, List.of())) {
                requires.get(provider).forEach(other -> collect(other, found));
            }
        }
    }

    /** The ids in the closure of {@code id} that nobody offers, {@code id} itself among them. */
    public List<String> missing(String id) {
        return closure(id).stream().filter(one -> !providers.containsKey(one)).toList();
    }

    /** Ids that a node requires, directly or through others, and that nobody offers. */
    public Set<String> missingFor(N node) {
        return requires.getOrDefault(node, Set.of()).stream()
                .flatMap(id -> missing(id).stream())
                .collect(Collectors.toSet());
    }

    /** Whether somebody offers each id that a node requires directly. */
    public boolean isSatisfied(N node) {
        return providers.keySet().containsAll(requires.getOrDefault(node, Set.of()));
    }

    /**
     * The nodes that lack something once {@code leaving} is gone, because nobody else offers it, or once another one
     * of them is gone. Who requires comes before what it requires: in this order they can leave.
     */
    public List<N> dependents(N leaving) {
        Set<N> gone = new LinkedHashSet<>(List.of(leaving));
        List<N> next = List.of(leaving);
        while (!next.isEmpty()) {
            Set<String> lost = next.stream()
                    .flatMap(node -> offers.getOrDefault(node, Set.of()).stream())
                    .filter(id -> gone.containsAll(providers.get(id)))
                    .collect(Collectors.toSet());
            next = requires.keySet().stream()
                    .filter(node -> requires.get(node).stream().anyMatch(lost::contains))
                    .filter(gone::add)
                    .toList();
        }
        gone.remove(leaving);
        List<N> requirementsFirst = new ArrayList<>(order(gone));
        Collections.reverse(requirementsFirst);
        return List.copyOf(requirementsFirst);
    }

    /** Sorts nodes so that each follows those among them that it requires; nodes of a circle come in any order. */
    public List<N> order(Collection<N> among) {
        Set<N> order = new LinkedHashSet<>();
        Set<N> visited = new LinkedHashSet<>();
        among.forEach(node -> visit(node, among, visited, order));
        return List.copyOf(order);
    }

    private void visit(N node, Collection<N> among, Set<N> visited, Set<N> order) {
        if (visited.add(node)) {
            for (String id : requires.getOrDefault(node, Set.of())) {
                for (N provider : providers.getOrDefault(id, List.of())) {
                    if (among.contains(provider)) {
                        visit(provider, among, visited, order);
                    }
                }
            }
            order.add(node);
        }
    }
}
