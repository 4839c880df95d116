package hv.partition;

import hv.api.Peers;
import hv.api.VpAttachment;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of one VP that implement an interface, collected when routes are published and kept in an array until the next time, so
 * that going through them is a plain loop.
 */
final class SlotPeers<T> implements Peers<T> {
    private final Class<T> type;
    private final int vp;
    private final Failures failures;
    private volatile Object[] parts = {};

    /** Whose each part is. */
    private volatile String[] owners = {};

    /** The parts of VP {@code vp} that implement {@code type}. */
    SlotPeers(Class<T> type, int vp, Failures failures) {
        this.type = type;
        this.vp = vp;
        this.failures = failures;
    }

    /** Looks again at who is in place. */
    void refresh(Iterable<Slot> slots) {
        List<Object> found = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (Slot slot : slots) {
            VpAttachment part = slot.vp(vp);
            if (type.isInstance(part)) {
                found.add(part);
                ids.add(slot.id());
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
