package hv.partition.places;

import hv.partition.failure.BundleCalls;
import hv.partition.failure.CallException;
import hv.partition.plan.Catalogue;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What versions that are to take a place do on a VP that is not there. Done before the partition's lock for changes is
 * taken where that can be, so that a version which hangs holds up nobody who wants to save, reset or change something
 * else. Any thread.
 */
final class Rehearsals {
    private final Surroundings surroundings;
    private final PlaceList places;
    private final BundleCalls calls;

    /** What came of those that were done and are not made use of yet. */
    private final Map<Catalogue.Entry, Optional<CallException>> done = new ConcurrentHashMap<>();

    Rehearsals(Surroundings surroundings, PlaceList places, BundleCalls calls) {
        this.surroundings = surroundings;
        this.places = places;
        this.calls = calls;
    }

    /**
     * Has {@code next} rehearse, if it may be wanted, and then {@code change} done, which makes use of it. Not under
     * the lock.
     */
    void before(Catalogue.Entry next, Runnable change) {
        boolean isWanted = places.find(next.id())
                .filter(place -> place.tenant() == null
                        || next.release().compareTo(place.tenant().entry().release()) >= 0)
                .isPresent();
        if (isWanted) {
            first(next, () -> {
                change.run();
                return null;
            });
        } else {
            change.run();
        }
    }

    /** The same for a version that somebody asks for; what came of the change. */
    <T> T first(Catalogue.Entry next, Supplier<T> change) {
        done.put(next, rehearse(next));
        try {
            return change.get();
        } finally {
            done.remove(next);
        }
    }

    private Optional<CallException> rehearse(Catalogue.Entry next) {
        try {
            calls.whileOthersWait(steps -> {
                Tenant.rehearse(next, surroundings, steps);
                return null;
            });
            return Optional.empty();
        } catch (CallException e) {
            return Optional.of(e);
        }
    }

    /** Fails if the rehearsal of {@code next} has, which is done now if it was not done before. */
    void pass(Catalogue.Entry next) throws CallException {
        Optional<CallException> before = done.remove(next);
        Optional<CallException> failure = before == null ? rehearse(next) : before;
        if (failure.isPresent()) {
            throw failure.get();
        }
    }
}
