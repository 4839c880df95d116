package hv.partition.places;

import hv.api.enlightenment.RequiresGraph;
import java.util.ArrayList;
import java.util.List;

/** The order in which places follow from each other: what requires another one comes after it, and leaves before. */
final class RequiresOrder {
    private RequiresOrder() {}

    /**
     * {@code last} and those of {@code all} that require it, directly or through others, each before all that it
     * requires: in this order they leave.
     */
    static List<Place> leaving(Place last, List<Place> all) {
        RequiresGraph<Place> graph = RequiresGraph.of(
                all.stream()
                        .filter(place -> place == last || !place.isRemoved())
                        .toList(),
                place -> List.of(place.id()),
                place -> place.descriptor().requires());
        List<Place> order = new ArrayList<>(graph.dependents(last));
        order.add(last);
        return order;
    }
}
