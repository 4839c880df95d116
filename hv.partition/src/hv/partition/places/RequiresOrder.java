package hv.partition.places;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The order in which places follow from each other: what requires another one comes after it, and leaves before. */
final class RequiresOrder {
    private RequiresOrder() {}

    /** {@code first} and those of {@code all} that require it, directly or through others, each after all that it requires. */
    static List<Place> withDependents(Place first, List<Place> all) {
        Set<Place> found = new LinkedHashSet<>(List.of(first));
        boolean isMore = true;
        while (isMore) {
            isMore = false;
            for (Place place : all) {
                isMore |= !place.isRemoved() && requiresAny(place, found) && found.add(place);
            }
        }
        return sorted(found);
    }

    private static List<Place> sorted(Set<Place> places) {
        Set<Place> rest = new LinkedHashSet<>(places);
        List<Place> order = new ArrayList<>();
        while (!rest.isEmpty()) {
            Place next = rest.stream()
                    .filter(place -> !requiresAny(place, rest))
                    .findFirst()
                    // They require each other, and any order is as good.
                    .orElseGet(rest.iterator()::next);
            rest.remove(next);
            order.add(next);
        }
        return order;
    }

    private static boolean requiresAny(Place place, Set<Place> others) {
        return others.stream()
                .anyMatch(
                        other -> other != place && place.descriptor().requires().contains(other.id()));
    }
}
