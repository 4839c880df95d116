package hv.partition;

import hv.api.Descriptor;
import hv.api.Enlightenment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The enlightenments that are deployed, by id. Readers see an immutable map; writers replace it, so a partition that is being
 * built never sees half a change. Any thread.
 */
final class Catalogue {
    /**
     * A deployed enlightenment.
     *
     * @param enlightenment the service
     * @param origin bundle or module that provides it, for people
     */
    record Entry(Enlightenment enlightenment, String origin) {
        Descriptor descriptor() {
            return enlightenment.descriptor();
        }
    }

    private volatile Map<String, Entry> entries = Map.of();

    /** Adds an enlightenment; one with the same id that is there already steps back. */
    synchronized void add(Enlightenment enlightenment, String origin) {
        Map<String, Entry> next = new TreeMap<>(entries);
        next.put(enlightenment.descriptor().id(), new Entry(enlightenment, origin));
        entries = next;
    }

    /** Takes it out, unless another has taken its place. */
    synchronized void remove(Enlightenment enlightenment) {
        Map<String, Entry> next = new TreeMap<>(entries);
        next.values().removeIf(entry -> entry.enlightenment() == enlightenment);
        entries = next;
    }

    /** All of them, in the order of their ids. */
    Collection<Entry> all() {
        return entries.values();
    }

    /** The one with this id. */
    Optional<Entry> find(String id) {
        return Optional.ofNullable(entries.get(id));
    }

    /** The one that understands a flag. */
    Optional<Entry> findByFlag(String flag) {
        return entries.values().stream()
                .filter(entry -> entry.descriptor().options().stream()
                        .anyMatch(option -> option.flag().equals(flag)))
                .findFirst();
    }

    /** Ids that {@code id} needs, directly or through others, nearest first, without those in {@code present}. */
    List<String> missing(String id, Set<String> present) {
        Set<String> seen = new LinkedHashSet<>();
        collectRequirements(id, seen);
        List<String> missing = new ArrayList<>(seen);
        missing.removeAll(present);
        return missing;
    }

    private void collectRequirements(String id, Set<String> seen) {
        find(id).ifPresent(entry -> {
            for (String required : entry.descriptor().requires()) {
                if (seen.add(required)) {
                    collectRequirements(required, seen);
                }
            }
        });
    }
}
