package hv.partition;

import hv.api.Alarm;
import hv.api.Doorbell;
import hv.api.Peer;
import hv.api.Peers;
import hv.api.VirtualProcessor;
import hv.api.host.LocalApic;
import hv.partition.failure.Callback;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A VP as one tenant sees it: the VP itself, and a list of the doorbells, alarms and peers that the tenant has made there, so that they can
 * be taken back when it leaves.
 */
final class TenantVp implements VirtualProcessor {
    private final VpImpl vp;
    private final String place;
    private final List<Runnable> givenBack = new ArrayList<>();

    /** A VP for the enlightenment {@code place}. */
    TenantVp(VpImpl vp, String place) {
        this.vp = vp;
        this.place = place;
    }

    @Override
    public int index() {
        return vp.index();
    }

    @Override
    public PartitionImpl partition() {
        return vp.partition();
    }

    @Override
    public Doorbell doorbell(Runnable work) {
        return doorbell(Callback.DOORBELL, work);
    }

    private Doorbell doorbell(Callback callback, Runnable work) {
        Doorbell bell = vp.doorbell(place, callback, work);
        givenBack.add(() -> vp.release(bell));
        return bell;
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
    public Alarm alarm(Runnable work) {
        Doorbell bell = doorbell(Callback.ALARM, work);
        Alarm alarm = vp.alarm(bell);
        givenBack.add(() -> vp.release(alarm));
        return alarm;
    }

    @Override
    public <T> Peer<T> peer(String id, Class<T> type) {
        return vp.peer(id, type);
    }

    @Override
    public <T> Peers<T> peers(Class<T> type) {
        Peers<T> peers = vp.peersFor(type);
        givenBack.add(() -> vp.release(peers));
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

    /** Takes everything back. While the VP is at a safe point. */
    void release() {
        givenBack.forEach(Runnable::run);
        givenBack.clear();
    }
}
