package hv.partition.places;

import hv.api.LocalApic;
import hv.api.enlightenment.Alarm;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Peer;
import hv.api.enlightenment.Peers;
import hv.api.enlightenment.VirtualProcessor;
import hv.partition.failure.Callback;
import hv.partition.vp.VpImpl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A VP as one tenant sees it: the VP itself, and a list of the doorbells, alarms and peers that the tenant has made
 * there, so that they can be taken back when it leaves. There are few, so that one that makes them without end leaves
 * some to the others.
 */
public final class TenantVp implements VirtualProcessor {
    /** Doorbells, alarms and lists of peers of one enlightenment on one VP. */
    static final int MOST = 16;

    private final VpImpl vp;
    private final String place;
    private final Surroundings surroundings;
    private final List<Runnable> givenBack = new ArrayList<>();
    private boolean isReleased;

    /** A VP for the enlightenment {@code place}. */
    TenantVp(VpImpl vp, String place, Surroundings surroundings) {
        this.vp = vp;
        this.place = place;
        this.surroundings = surroundings;
    }

    @Override
    public int index() {
        return vp.index();
    }

    @Override
    public Partition partition() {
        return surroundings.partition();
    }

    @Override
    public synchronized Doorbell doorbell(Runnable work) {
        ensureMore();
        Doorbell bell = vp.doorbell(place, Callback.DOORBELL, work);
        givenBack.add(() -> vp.release(bell));
        return bell;
    }

    private void ensureMore() {
        if (isReleased) {
            throw new IllegalStateException("hv-%s of VP %d was released".formatted(place, vp.index()));
        }
        ensureMore(givenBack.size(), place, vp.index());
    }

    /** Refuses one more of {@code made}. */
    static void ensureMore(int made, String place, int vp) {
        if (made >= MOST) {
            throw new IllegalStateException(
                    "more than %d doorbells, alarms and peers of hv-%s on VP %d".formatted(MOST, place, vp));
        }
    }

    @Override
    public void interrupt(int vector) {
        vp.interrupt(vector);
    }

    @Override
    public void interruptAutoEoi(int vector) {
        vp.interruptAutoEoi(vector);
    }

    @Override
    public synchronized Alarm alarm(Runnable work) {
        ensureMore();
        Doorbell bell = vp.doorbell(place, Callback.ALARM, work);
        Alarm alarm = vp.alarm(bell);
        givenBack.add(() -> {
            vp.release(alarm);
            vp.release(bell);
        });
        return alarm;
    }

    @Override
    public <T> Peer<T> peer(String id, Class<T> type) {
        return new PlacePeer<>(surroundings, id, index(), type);
    }

    @Override
    public synchronized <T> Peers<T> peers(Class<T> type) {
        ensureMore();
        PlacePeers<T> peers = new PlacePeers<>(type, index(), surroundings);
        vp.follow(peers);
        givenBack.add(() -> vp.forget(peers));
        return peers;
    }

    @Override
    public long runTime100ns() {
        return vp.runTime100ns();
    }

    @Override
    public Optional<LocalApic> apic() {
        return vp.apic();
    }

    /** Takes everything back; there is no more to be had. While the VP is at a safe point. */
    synchronized void release() {
        isReleased = true;
        givenBack.forEach(Runnable::run);
        givenBack.clear();
    }
}
