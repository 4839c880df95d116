package hv.partition.places;

import hv.api.enlightenment.RequiresGraph;
import java.util.ArrayList;
import java.util.List;

/** The order in which places follow from each other: what requires another one comes after it, and leaves before. */
final class RequiresOrder {
    private RequiresOrder() {}

    /**
     * {@code first} and those of {@code all} that require it, directly or through others, each after all that it
     * requires.
     */
    static List<Place> withDependents(Place first, List<Place> all) {
        RequiresGraph<Place> graph = RequiresGraph.of(
                all.stream()
                        .filter(place -> place == first || !place.isRemoved())
                        .toList(),
                place -> List.of(place.id()),
                place -> place.descriptor().requires());
        List<Place> order = new ArrayList<>(List.of(first));
        order.addAll(graph.dependents(first).reversed());
        return order;
    }
}
