package hv.partition;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The order in which places follow from each other: what requires another one comes after it, and leaves before. */
final class RequiresOrder {
    private RequiresOrder() {}

    /** {@code first} and those of {@code all} that require it, directly or through others, each after all that it requires. */
    static List<Slot> withDependents(Slot first, List<Slot> all) {
        Set<Slot> found = new LinkedHashSet<>(List.of(first));
        boolean isMore = true;
        while (isMore) {
            isMore = false;
            for (Slot slot : all) {
                isMore |= !slot.isRemoved() && requiresAny(slot, found) && found.add(slot);
            }
        }
        return sorted(found);
    }

    private static List<Slot> sorted(Set<Slot> slots) {
        Set<Slot> rest = new LinkedHashSet<>(slots);
        List<Slot> order = new ArrayList<>();
        while (!rest.isEmpty()) {
            Slot next = rest.stream()
                    .filter(slot -> !requiresAny(slot, rest))
                    .findFirst()
                    // They require each other, and any order is as good.
                    .orElseGet(rest.iterator()::next);
            rest.remove(next);
            order.add(next);
        }
        return order;
    }

    private static boolean requiresAny(Slot slot, Set<Slot> others) {
        return others.stream()
                .anyMatch(other -> other != slot && slot.descriptor().requires().contains(other.id()));
    }
}
