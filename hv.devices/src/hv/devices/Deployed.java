package hv.devices;

import hv.api.Release;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What is deployed of one sort: kinds of devices, or providers of buses. Any thread.
 *
 * @param <T> the sort
 */
final class Deployed<T> {
    /**
     * One version.
     *
     * @param service the service itself
     * @param about what it says of itself
     * @param origin bundle name and version, for people
     */
    record Version<T>(T service, About about, String origin, Release release) {
        String id() {
            return about.id();
        }

        int stateVersion() {
            return about.stateVersion();
        }
    }

    private final List<Version<T>> all = new ArrayList<>();

    synchronized Version<T> add(T service, About about, String origin, Release release) {
        Version<T> version = new Version<>(service, about, origin, release);
        all.add(version);
        // Of two equal ones the one that came last is the newer.
        all.sort(Comparator.comparing((Version<T> v) -> v.id())
                .thenComparing(Version::release, Comparator.reverseOrder())
                .thenComparing(v -> v == version ? 0 : 1));
        return version;
    }

    /** Takes it out; empty if it is not there. */
    synchronized Optional<Version<T>> remove(T service) {
        Optional<Version<T>> found =
                all.stream().filter(version -> version.service() == service).findFirst();
        found.ifPresent(all::remove);
        return found;
    }

    /** By id, of each its newest version first. */
    synchronized List<Version<T>> all() {
        return List.copyOf(all);
    }

    synchronized Optional<Version<T>> newest(String wanted) {
        return all.stream().filter(version -> version.id().equals(wanted)).findFirst();
    }

    /** The version with this origin; the newest if that is empty. */
    synchronized Optional<Version<T>> find(String wanted, String origin) {
        return all.stream()
                .filter(version -> version.id().equals(wanted))
                .filter(version -> origin.isEmpty() || version.origin().equals(origin))
                .findFirst();
    }
}
