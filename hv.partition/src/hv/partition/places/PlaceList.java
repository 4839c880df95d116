package hv.partition.places;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All places of a partition. Grows under the partition's lock for changes and never shrinks; looking is for any thread.
 */
public final class PlaceList implements Neighbours {
    private final List<Place> places = new CopyOnWriteArrayList<>();

    /** The places; a live list for going through. */
    @Override
    public List<Place> all() {
        return places;
    }

    /** The place of the enlightenment {@code id}, if there is one. */
    @Override
    public Optional<Place> find(String id) {
        for (Place place : places) {
            if (place.id().equals(id)) {
                return Optional.of(place);
            }
        }
        return Optional.empty();
    }

    /** The places that somebody is in. */
    public List<Place> taken() {
        return places.stream().filter(place -> place.tenant() != null).toList();
    }

    /** Those who are in the places now. */
    public List<Tenant> tenants() {
        return places.stream().map(Place::tenant).filter(Objects::nonNull).toList();
    }

    void add(Place place) {
        places.add(place);
    }
}
