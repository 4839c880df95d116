package hv.partition.places;

import hv.api.LocalApic;
import hv.api.enlightenment.Alarm;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Peer;
import hv.api.enlightenment.Peers;
import hv.api.enlightenment.VirtualProcessor;
import java.util.Optional;

/**
 * A stand-in VP whose methods do nothing. A successor that is about to take over is tried on it while
 * the guest still runs, so that its classes are loaded and linked before any VP has to wait for it.
 */
final class RehearsalVp implements VirtualProcessor {
    private static final Doorbell BELL = () -> {};

    private static final Alarm ALARM = new Alarm() {
        @Override
        public void set(long due100ns) {}

        @Override
        public void cancel() {}
    };

    private final Partition partition;
    private final String place;
    private int made;

    /** One for the enlightenment {@code place}, which gets no more of it than of a VP. */
    RehearsalVp(Partition partition, String place) {
        this.partition = partition;
        this.place = place;
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public Partition partition() {
        return partition;
    }

    @Override
    public Doorbell doorbell(Runnable work) {
        TenantVp.ensureMore(made++, place, index());
        return BELL;
    }

    @Override
    public void interrupt(int vector) {}

    @Override
    public void interruptAutoEoi(int vector) {}

    @Override
    public Alarm alarm(Runnable work) {
        TenantVp.ensureMore(made++, place, index());
        return ALARM;
    }

    @Override
    public <T> Peer<T> peer(String id, Class<T> type) {
        return new NoPeer<>(id);
    }

    @Override
    public <T> Peers<T> peers(Class<T> type) {
        TenantVp.ensureMore(made++, place, index());
        return new NoPeers<>();
    }

    @Override
    public long runTime100ns() {
        return 0;
    }

    @Override
    public Optional<LocalApic> apic() {
        return Optional.empty();
    }

    private record NoPeer<T>(String id) implements Peer<T> {
        @Override
        public boolean isPresent() {
            return false;
        }

        @Override
        public T get() {
            throw new IllegalStateException(id + " is not attached");
        }

        @Override
        public void failed(Throwable failure) {}
    }

    private record NoPeers<T>() implements Peers<T> {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public T get(int position) {
            throw new IndexOutOfBoundsException(position);
        }

        @Override
        public void failed(int position, Throwable failure) {}
    }
}
