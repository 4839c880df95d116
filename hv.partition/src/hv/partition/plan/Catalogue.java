package hv.partition.plan;

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
 * The enlightenments that are deployed, by id; of each the newest version first, of equal versions the last that came. Readers see an
 * immutable map; writers replace it, so a partition that is being built never sees half a change. Any thread.
 */
public final class Catalogue {
    /**
     * A deployed enlightenment.
     *
     * @param enlightenment the service
     * @param origin bundle or module that provides it, for people
     * @param release its version
     */
    public record Entry(Enlightenment enlightenment, String origin, Release release) {
        public Descriptor descriptor() {
            return enlightenment.descriptor();
        }

        public String id() {
            return descriptor().id();
        }
    }

    private volatile Map<String, List<Entry>> entries = Map.of();

    /** Adds an enlightenment; older ones with the same id step back. */
    public synchronized Entry add(Enlightenment enlightenment, String origin, Release release) {
        Entry added = new Entry(enlightenment, origin, release);
        Map<String, List<Entry>> next = new TreeMap<>(entries);
        List<Entry> versions = new ArrayList<>(next.getOrDefault(added.id(), List.of()));
        int place = 0;
        while (place < versions.size() && versions.get(place).release().compareTo(release) > 0) {
            place++;
        }
        versions.add(place, added);
        next.put(added.id(), List.copyOf(versions));
        entries = next;
        return added;
    }

    /** Takes it out. */
    public synchronized void remove(Enlightenment enlightenment) {
        Map<String, List<Entry>> next = new TreeMap<>();
        entries.forEach((id, versions) -> {
            List<Entry> rest = versions.stream()
                    .filter(entry -> entry.enlightenment() != enlightenment)
                    .toList();
            if (!rest.isEmpty()) {
                next.put(id, rest);
            }
        });
        entries = next;
    }

    /** Whether exactly this one is deployed. */
    public boolean contains(Entry entry) {
        return versions(entry.id()).contains(entry);
    }

    /** The newest of each, in the order of their ids. */
    public Collection<Entry> all() {
        return entries.values().stream().map(List::getFirst).toList();
    }

    /** The newest with this id. */
    public Optional<Entry> find(String id) {
        return versions(id).stream().findFirst();
    }

    /** The one with this id from this origin. */
    public Optional<Entry> find(String id, String origin) {
        return versions(id).stream()
                .filter(entry -> entry.origin().equals(origin))
                .findFirst();
    }

    /** All with this id, the newest first. */
    public List<Entry> versions(String id) {
        return entries.getOrDefault(id, List.of());
    }

    /** The one that understands a flag. */
    Optional<Entry> findByFlag(String flag) {
        return all().stream()
                .filter(entry -> entry.descriptor().options().stream()
                        .anyMatch(option -> option.flag().equals(flag)))
                .findFirst();
    }

    /** Ids that {@code id} needs, directly or through others, nearest first, without those in {@code present}. */
    public List<String> missing(String id, Set<String> present) {
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
