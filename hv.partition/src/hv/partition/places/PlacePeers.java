package hv.partition.places;

import hv.api.enlightenment.Peers;
import hv.api.enlightenment.VpAttachment;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of one VP that implement an interface, collected when routes are published and kept in an array until the
 * next time, so that going through them is a plain loop.
 */
final class PlacePeers<T> implements Peers<T>, Runnable {
    private final Class<T> type;
    private final int vp;
    private final List<? extends Parts> places;
    private final Failures failures;
    private volatile Object[] parts = {};

    /** Whose each part is. */
    private volatile String[] owners = {};

    /** The parts of VP {@code vp} that implement {@code type}; none before the first look. */
    PlacePeers(Class<T> type, int vp, Surroundings surroundings) {
        this.type = type;
        this.vp = vp;
        this.places = surroundings.neighbours().all();
        this.failures = surroundings.failures();
    }

    /** Looks again at who is in place. */
    @Override
    public void run() {
        List<Object> found = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (Parts place : places) {
            VpAttachment part = place.vp(vp);
            if (type.isInstance(part)) {
                found.add(part);
                ids.add(place.id());
            }
        }
        owners = ids.toArray(String[]::new);
        parts = found.toArray();
    }

    @Override
    public int count() {
        return parts.length;
    }

    @Override
    public T get(int position) {
        return type.cast(parts[position]);
    }

    @Override
    public void failed(int position, Throwable failure) {
        failures.record(owners[position], Callback.PEER, failure);
    }
}
