package hv.partition.places;

import hv.api.dto.SwapDTO;
import hv.partition.plan.Catalogue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is in which place of a running partition as versions are deployed and withdrawn.
 *
 * <p>What requires another enlightenment is in place only while that one is: it leaves before it, with its state kept,
 * though its own version stays deployed, and comes back after it. That holds in whatever order, and on whatever
 * threads, versions come and go, since what is done follows from what is deployed at that moment and not from what is
 * told: a word that comes late does no harm.
 *
 * <p>Under the partition's lock for changes.
 */
final class Succession {
    private final PlaceList places;
    private final Catalogue catalogue;
    private final Swapper swapper;

    /**
     * Versions that could not take a place, and how much had changed by then: each is tried again once something else
     * has.
     */
    private final Map<Catalogue.Entry, Integer> refused = new HashMap<>();

    private int changes;

    Succession(PlaceList places, Catalogue catalogue, Swapper swapper) {
        this.places = places;
        this.catalogue = catalogue;
        this.swapper = swapper;
    }

    /** What came of a version that is to take a place. */
    private enum Outcome {
        SETTLED,
        REFUSED,
        /** It is to be made ready first. */
        NOT_YET
    }

    /** A version has come: it takes the place of an older one, or a vacant one. May be told again and again. */
    void come(Catalogue.Entry newcomer, Candidates candidates) {
        if (catalogue.contains(newcomer)) {
            places.find(newcomer.id()).ifPresent(place -> offer(place, newcomer, candidates));
        }
        follow(candidates);
    }

    private void offer(Place place, Catalogue.Entry newcomer, Candidates candidates) {
        Tenant tenant = place.tenant();
        if (tenant != null && isNewer(newcomer, tenant.entry()) && !isRefused(newcomer)) {
            settle(place, newcomer, candidates);
        } else if (place.displaced() != null && isNewer(newcomer, place.displaced())) {
            place.forgetDisplaced();
        }
    }

    private static boolean isNewer(Catalogue.Entry one, Catalogue.Entry other) {
        return one.release().compareTo(other.release()) > 0;
    }

    /**
     * Brings the places in line with what is deployed. Who is deployed no longer leaves, unless another version
     * follows; vacant places are filled. If {@code candidates} want for something after this, it is to be called again
     * when they are ready.
     */
    void follow(Candidates candidates) {
        refused.keySet().removeIf(entry -> !catalogue.contains(entry));
        for (Place place : places.all()) {
            Tenant tenant = place.tenant();
            if (tenant != null && !catalogue.contains(tenant.entry()) && fill(place, candidates) == Outcome.REFUSED) {
                leave(place);
            }
        }
        fill(candidates);
        for (Place place : places.all()) {
            if (place.displaced() != null && !catalogue.contains(place.displaced())) {
                place.forgetDisplaced();
            }
        }
    }

    /**
     * Whoever is in {@code leaving} goes, after those who require it. One that cannot go keeps what it requires in
     * place.
     */
    private void leave(Place leaving) {
        for (Place place : RequiresOrder.leaving(leaving, places.all())) {
            if (place.tenant() != null) {
                SwapDTO done = place.isPromised() ? swapper.vacate(place) : swapper.remove(place);
                if (!done.succeeded()) {
                    return;
                }
                changes++;
            }
        }
    }

    /** Again and again, since a place that is filled may be what another waits for. */
    private void fill(Candidates candidates) {
        boolean isMore = true;
        while (isMore) {
            isMore = false;
            for (Place place : places.all()) {
                isMore |= place.isVacant() && fill(place, candidates) == Outcome.SETTLED;
            }
        }
    }

    /**
     * Has a deployed version take the place: the one that was in it and is still deployed, or the newest that fits.
     */
    private Outcome fill(Place place, Candidates candidates) {
        List<Catalogue.Entry> versions = new ArrayList<>(catalogue.versions(place.id()));
        if (versions.remove(place.displaced())) {
            versions.add(0, place.displaced());
        }
        for (Catalogue.Entry version : versions) {
            if (!isRefused(version) && hasWhatItRequires(version)) {
                Outcome outcome = settle(place, version, candidates);
                if (outcome != Outcome.REFUSED) {
                    return outcome;
                }
            }
        }
        return Outcome.REFUSED;
    }

    /** Whether it could not take its place, and nothing has changed since. */
    private boolean isRefused(Catalogue.Entry version) {
        Integer then = refused.get(version);
        return then != null && then == changes;
    }

    private boolean hasWhatItRequires(Catalogue.Entry version) {
        return version.descriptor().requires().stream()
                .noneMatch(id -> places.find(id).filter(Place::isVacant).isPresent());
    }

    private Outcome settle(Place place, Catalogue.Entry version, Candidates candidates) {
        if (!candidates.isReady(version)) {
            return Outcome.NOT_YET;
        }
        if (swapper.settle(place, version, candidates).succeeded()) {
            changes++;
            return Outcome.SETTLED;
        }
        refused.put(version, changes);
        return Outcome.REFUSED;
    }
}
