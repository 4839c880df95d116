package hv.partition.places;

import hv.api.enlightenment.Peer;
import hv.api.enlightenment.VpAttachment;
import hv.partition.failure.Callback;

/**
 * The way from one enlightenment to another on the same VP: through the partition's place, so that what is found is
 * what is in place now. The place is looked up once; after that a call is two loads and a cast.
 */
final class PlacePeer<T> implements Peer<T> {
    private final Surroundings surroundings;
    private final String id;
    private final int vp;
    private final Class<T> type;
    private Parts place;

    PlacePeer(Surroundings surroundings, String id, int vp, Class<T> type) {
        this.surroundings = surroundings;
        this.id = id;
        this.vp = vp;
        this.type = type;
    }

    @Override
    public boolean isPresent() {
        return type.isInstance(part());
    }

    @Override
    public T get() {
        VpAttachment part = part();
        if (!type.isInstance(part)) {
            throw new IllegalStateException(id + " is not attached");
        }
        return type.cast(part);
    }

    @Override
    public void failed(Throwable failure) {
        surroundings.failures().record(id, Callback.PEER, failure);
    }

    private VpAttachment part() {
        if (place == null) {
            place = surroundings.neighbours().find(id).orElse(null);
        }
        return place == null ? VpAttachment.NOTHING : place.vp(vp);
    }
}
