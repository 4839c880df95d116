package hv.testkit;

import hv.api.CpuidTable;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.PartitionDTO;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.PartitionListener;
import hv.api.host.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A partition in which nothing is deployed, for tests of what is around partitions: a test overrides what it is about.
 * Whatever a guest does faults; what gives something else than a value fails the test. As its VPs: one thread at a
 * time.
 */
public class StubPartition implements GuestPartition {
    private final List<GuestVp> vps = new ArrayList<>();

    /** A new VP. */
    protected GuestVp newVp(int index) {
        return new StubVp(index);
    }

    private static UnsupportedOperationException unexpected(String what) {
        return new UnsupportedOperationException("the test does not expect " + what);
    }

    @Override
    public int id() {
        return 1;
    }

    @Override
    public CpuidTable cpuid() {
        return CpuidTable.EMPTY;
    }

    @Override
    public GuestVp addVp() {
        GuestVp vp = newVp(vps.size());
        vps.add(vp);
        return vp;
    }

    @Override
    public long referenceTime100ns() {
        return System.nanoTime() / 100;
    }

    @Override
    public int vpCount() {
        return vps.size();
    }

    @Override
    public GuestVp vp(int index) {
        return vps.get(index);
    }

    @Override
    public SavedState save() {
        throw unexpected("save");
    }

    @Override
    public void restore(SavedState state) throws StateException {
        throw unexpected("restore");
    }

    @Override
    public void reset() {}

    @Override
    public void tscFrequencyChanged(long frequencyHz) {}

    @Override
    public void addListener(PartitionListener listener) {}

    @Override
    public <T> Optional<T> service(String id, Class<T> type) {
        return Optional.empty();
    }

    @Override
    public Places places() {
        throw unexpected("places");
    }

    @Override
    public PartitionDTO inspect() {
        throw unexpected("inspect");
    }

    @Override
    public void stopping() {}

    @Override
    public void close() {}
}
