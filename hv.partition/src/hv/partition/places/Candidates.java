package hv.partition.places;

import hv.partition.failure.BundleCalls;
import hv.partition.failure.CallException;
import hv.partition.plan.Catalogue;
import hv.partition.plan.Offers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The versions that may take places in one change. What they do beside those in place (rehearsing, saying what they
 * would show, attaching) they do before the partition's lock for changes is taken, so that one which hangs holds up
 * nobody who wants to save, reset or change something else. Who finds under the lock that another version is wanted
 * leaves its place as it is; that one is made ready without the lock, and then it is looked again.
 *
 * <p>Used by the thread that makes the change.
 */
final class Candidates implements AutoCloseable {
    private final Surroundings surroundings;
    private final PlaceList places;
    private final Surface surface;
    private final BundleCalls calls;
    private final Map<Catalogue.Entry, Candidate> ready = new HashMap<>();
    private final Set<Catalogue.Entry> wanted = new LinkedHashSet<>();
    private final List<Tenant> leftOver = new ArrayList<>();

    /**
     * A version that is ready, or has failed to be.
     *
     * @param tenant attached beside the one in place; null if it has failed
     * @param offers what it would show
     * @param failure null if it is ready
     */
    private record Candidate(Tenant tenant, Offers offers, CallException failure) {}

    /** A version that is ready to take a place. */
    record Ready(Tenant tenant, Offers offers) {}

    Candidates(Surroundings surroundings, PlaceList places, Surface surface, BundleCalls calls) {
        this.surroundings = surroundings;
        this.places = places;
        this.surface = surface;
        this.calls = calls;
    }

    /** Notes that {@code version} is wanted in its place, if there is one. */
    void want(Catalogue.Entry version) {
        if (!ready.containsKey(version) && places.find(version.id()).isPresent()) {
            wanted.add(version);
        }
    }

    /** Whether {@code version} need not be waited for; otherwise it is wanted from now on. */
    boolean isReady(Catalogue.Entry version) {
        want(version);
        return ready.containsKey(version);
    }

    /** Makes ready what is wanted; false if nothing is. Not under the lock. */
    boolean makeReady() {
        boolean isMore = !wanted.isEmpty();
        wanted.forEach(version -> ready.put(version, candidate(version)));
        wanted.clear();
        return isMore;
    }

    /**
     * Takes one that is ready; one that is not is made ready now.
     *
     * @throws CallException if it has failed
     */
    Ready take(Catalogue.Entry version) throws CallException {
        wanted.remove(version);
        Candidate taken = ready.remove(version);
        if (taken == null) {
            taken = candidate(version);
        }
        if (taken.failure != null) {
            throw taken.failure;
        }
        return new Ready(taken.tenant, taken.offers);
    }

    private Candidate candidate(Catalogue.Entry version) {
        boolean isPromised = places.find(version.id()).filter(Place::isPromised).isPresent();
        try {
            return calls.whileOthersWait(steps -> {
                Tenant.rehearse(version, surroundings, steps);
                Offers offers = isPromised ? surface.offers(version, steps) : Offers.NONE;
                return new Candidate(Tenant.attach(version, surroundings, steps), offers, null);
            });
        } catch (CallException e) {
            return new Candidate(null, Offers.NONE, e);
        }
    }

    /** Gives back one that was taken and has found no place. */
    void giveBack(Tenant taken) {
        leftOver.add(taken);
    }

    /** Releases those that have found no place. Not under the lock. */
    @Override
    public void close() {
        ready.values().stream()
                .filter(candidate -> candidate.failure == null)
                .map(Candidate::tenant)
                .forEach(leftOver::add);
        ready.clear();
        leftOver.forEach(tenant -> tenant.release(calls));
        leftOver.clear();
    }
}
