package hv.partition;

import hv.api.Peer;
import hv.api.VpAttachment;
import hv.partition.failure.Callback;

/**
 * The way from one enlightenment to another on the same VP: through the partition's slot, so that what is found is what is in place
 * now. The slot is looked up once; after that a call is two loads and a cast.
 */
final class SlotPeer<T> implements Peer<T> {
    private final PartitionImpl partition;
    private final String id;
    private final int vp;
    private final Class<T> type;
    private Slot slot;

    SlotPeer(PartitionImpl partition, String id, int vp, Class<T> type) {
        this.partition = partition;
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
        partition.failures().record(id, Callback.PEER, failure);
    }

    private VpAttachment part() {
        if (slot == null) {
            slot = partition.slot(id).orElse(null);
        }
        return slot == null ? VpAttachment.NOTHING : slot.vp(vp);
    }
}
