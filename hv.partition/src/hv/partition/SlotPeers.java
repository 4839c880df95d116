package hv.partition;

import hv.api.Peers;
import hv.api.VpAttachment;

/**
 * The parts of one VP that implement an interface, collected when routes are published and kept in an array until the next time, so
 * that going through them is a plain loop.
 */
final class SlotPeers<T> implements Peers<T> {
    private final Class<T> type;
    private volatile Object[] parts = {};

    SlotPeers(Class<T> type) {
        this.type = type;
    }

    /** Looks again at who is in place on VP {@code vp}. */
    void refresh(Iterable<Slot> slots, int vp) {
        java.util.List<Object> found = new java.util.ArrayList<>();
        for (Slot slot : slots) {
            VpAttachment part = slot.vp(vp);
            if (type.isInstance(part)) {
                found.add(part);
            }
        }
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
}
