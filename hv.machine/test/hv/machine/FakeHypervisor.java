package hv.machine;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.dto.EnlightenmentDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.api.host.Profile;
import hv.api.host.Verdict;
import hv.testkit.StubPartition;
import hv.testkit.StubVp;
import java.time.Duration;
import java.util.List;
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

    @Override
    public boolean settle(Duration limit) {
        return true;
    }

    private final class FakePartition extends StubPartition {
        private final Host host;

        FakePartition(Host host) {
            this.host = host;
        }

        @Override
        protected GuestVp newVp(int index) {
            return new FakeVp(host, index);
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private final class FakeVp extends StubVp {
        private final Host host;

        FakeVp(Host host, int index) {
            super(index);
            this.host = host;
        }

        @Override
        public long readMsr(int msr) {
            return index();
        }

        @Override
        public void writeMsr(int msr, long value) {
            host.power(onWrite.apply(index()));
        }
    }
}
