package hv.machine;

import hv.api.CpuRegisters;
import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.GuestFault;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.api.dto.EnlightenmentDTO;
import hv.api.dto.PartitionDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.api.host.PartitionListener;
import hv.api.host.Places;
import hv.api.host.Profile;
import hv.api.host.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** A hypervisor whose partitions know one register: any write to an MSR raises the power event that the test chose. */
final class FakeHypervisor implements Hypervisor {
    private final IntFunction<PowerEvent> onWrite;
    boolean refuses;
    int closed;

    FakeHypervisor(IntFunction<PowerEvent> onWrite) {
        this.onWrite = onWrite;
    }

    @Override
    public Verdict check(Flags flags, HostFacts host) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Verdict check(String flags, HostFacts host) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flags everything(HostFacts host) {
        return Flags.NONE;
    }

    @Override
    public GuestPartition create(String flags, Host host) throws ConfigurationException {
        throw new UnsupportedOperationException();
    }

    @Override
    public GuestPartition create(Flags flags, Host host) throws ConfigurationException {
        if (refuses) {
            throw new ConfigurationException(List.of());
        }
        return new FakePartition(host);
    }

    @Override
    public List<Profile> profiles(HostFacts host) {
        return List.of();
    }

    @Override
    public List<EnlightenmentDTO> enlightenments() {
        return List.of();
    }

    @Override
    public List<GuestPartition> partitions() {
        return List.of();
    }

    private final class FakePartition implements GuestPartition {
        private final Host host;
        private final List<GuestVp> vps = new ArrayList<>();

        FakePartition(Host host) {
            this.host = host;
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
            GuestVp vp = new FakeVp(host, vps.size());
            vps.add(vp);
            return vp;
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
            throw new UnsupportedOperationException();
        }

        @Override
        public void restore(SavedState state) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reset() {}

        @Override
        public void addListener(PartitionListener listener) {}

        @Override
        public <T> Optional<T> service(String id, Class<T> type) {
            return Optional.empty();
        }

        @Override
        public void tscFrequencyChanged(long frequencyHz) {}

        @Override
        public void stopping() {}

        @Override
        public Places places() {
            throw new UnsupportedOperationException();
        }

        @Override
        public PartitionDTO inspect() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private final class FakeVp implements GuestVp {
        private final Host host;
        private final int index;

        FakeVp(Host host, int index) {
            this.host = host;
            this.index = index;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public long readMsr(int msr) {
            return index;
        }

        @Override
        public void writeMsr(int msr, long value) {
            host.power(onWrite.apply(index));
        }

        @Override
        public void hypercall(CpuRegisters registers) throws GuestFault {
            throw GuestFault.INVALID_OPCODE;
        }

        @Override
        public void drain() {}

        @Override
        public <T> CompletableFuture<T> submit(Callable<T> task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void endOfInterrupt(int vector) {}
    }
}
