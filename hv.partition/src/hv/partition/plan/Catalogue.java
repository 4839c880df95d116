package hv.partition.plan;

import hv.api.Release;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.RequiresGraph;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import hv.partition.failure.Callee;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The enlightenments that are deployed, by id; of each the newest version first, of equal versions the last that came.
 * Readers see an immutable map; writers replace it, so a partition that is being built never sees half a change. Any
 * thread.
 */
public final class Catalogue {
    /**
     * A deployed enlightenment.
     *
     * @param enlightenment the service
     * @param descriptor what it has said that it is, when it was deployed
     * @param origin bundle or module that provides it, for people
     * @param release its version
     * @param callee the service as one that is called with a limit
     */
    public record Entry(
            Enlightenment enlightenment, Descriptor descriptor, String origin, Release release, Callee callee) {
        /** Its id. */
        public String id() {
            return descriptor.id();
        }

        /** The id decides: code that looks into everything would be made at the first use, and a start would wait. */
        @Override
        public int hashCode() {
            return id().hashCode();
        }
    }

    private final BundleCalls calls;

    private volatile Map<String, List<Entry>> entries = Map.of();

    /** An empty one, whose entries are called through {@code calls}. */
    public Catalogue(BundleCalls calls) {
        this.calls = calls;
    }

    /** For calling what is deployed. */
    public BundleCalls calls() {
        return calls;
    }

    /**
     * Asks an enlightenment what it is.
     *
     * @throws CallException if it does not say
     */
    public Entry describe(Enlightenment enlightenment, String origin, Release release) throws CallException {
        Callee callee = new Callee(origin, origin);
        Descriptor descriptor = calls.run(steps -> {
            steps.enter(callee, Callback.DESCRIPTOR);
            return Objects.requireNonNull(enlightenment.descriptor(), "no descriptor");
        });
        return new Entry(enlightenment, descriptor, origin, release, new Callee(descriptor.id(), origin));
    }

    /** Adds an enlightenment; older ones with the same id step back. */
    public synchronized void add(Entry added) {
        Release release = added.release();
        Map<String, List<Entry>> next = new TreeMap<>(entries);
        List<Entry> versions = new ArrayList<>(next.getOrDefault(added.id(), List.of()));
        int place = 0;
        while (place < versions.size() && versions.get(place).release().compareTo(release) > 0) {
            place++;
        }
        versions.add(place, added);
        next.put(added.id(), List.copyOf(versions));
        entries = next;
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
        return entries.values().stream().map(versions -> versions.get(0)).toList();
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
        return RequiresGraph.of(
                        all(),
                        entry -> List.of(entry.id()),
                        entry -> entry.descriptor().requires())
                .closure(id)
                .stream()
                .skip(1)
                .filter(required -> !present.contains(required))
                .toList();
    }
}
