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

    /** A version has come: it takes the place of an older one, or a vacant one. */
    void come(Catalogue.Entry newcomer) {
        if (catalogue.contains(newcomer)) {
            places.find(newcomer.id()).ifPresent(place -> offer(place, newcomer));
        }
        follow();
    }

    private void offer(Place place, Catalogue.Entry newcomer) {
        Tenant tenant = place.tenant();
        if (tenant != null && isNewer(newcomer, tenant.entry())) {
            isSettled(place, newcomer);
        } else if (place.displaced() != null && isNewer(newcomer, place.displaced())) {
            place.forgetDisplaced();
        }
    }

    private static boolean isNewer(Catalogue.Entry one, Catalogue.Entry other) {
        return one.release().compareTo(other.release()) > 0;
    }

    /**
     * Brings the places in line with what is deployed. Who is deployed no longer leaves, unless another version
     * follows; vacant places are filled.
     */
    void follow() {
        refused.keySet().removeIf(entry -> !catalogue.contains(entry));
        for (Place place : places.all()) {
            Tenant tenant = place.tenant();
            if (tenant != null && !catalogue.contains(tenant.entry()) && !isFilled(place)) {
                leave(place);
            }
        }
        fill();
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
        for (Place place : RequiresOrder.withDependents(leaving, places.all()).reversed()) {
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
    private void fill() {
        boolean isMore = true;
        while (isMore) {
            isMore = false;
            for (Place place : places.all()) {
                isMore |= place.isVacant() && isFilled(place);
            }
        }
    }

    /**
     * Whether a deployed version takes the place: the one that was in it and is still deployed, or the newest that
     * fits.
     */
    private boolean isFilled(Place place) {
        List<Catalogue.Entry> versions = new ArrayList<>(catalogue.versions(place.id()));
        if (versions.remove(place.displaced())) {
            versions.addFirst(place.displaced());
        }
        for (Catalogue.Entry version : versions) {
            if (isTried(version) && isSettled(place, version)) {
                return true;
            }
        }
        return false;
    }

    private boolean isTried(Catalogue.Entry version) {
        Integer then = refused.get(version);
        return (then == null || then != changes)
                && version.descriptor().requires().stream()
                        .noneMatch(id -> places.find(id).filter(Place::isVacant).isPresent());
    }

    private boolean isSettled(Place place, Catalogue.Entry version) {
        if (swapper.settle(place, version).succeeded()) {
            changes++;
            return true;
        }
        refused.put(version, changes);
        return false;
    }
}
