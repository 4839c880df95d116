package hv.soak;

import hv.api.dto.EnlightenmentDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.HostFacts;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import java.util.List;
import java.util.function.Consumer;

/** Puts a {@link CountingHost} before the host of the partition it is asked for. For one partition; used by one thread. */
final class CountingHypervisor implements Hypervisor {
    private final Hypervisor hypervisor;
    private final Consumer<GuestPartition> onCreated;
    private CountingHost host;

    /**
     * One that has not been asked yet.
     *
     * @param onCreated gets the partition before any VP runs
     */
    CountingHypervisor(Hypervisor hypervisor, Consumer<GuestPartition> onCreated) {
        this.hypervisor = hypervisor;
        this.onCreated = onCreated;
    }

    /** The host of the partition that was created. */
    CountingHost host() {
        return host;
    }

    @Override
    public GuestPartition create(String flags, Host counted) throws ConfigurationException {
        host = new CountingHost(counted);
        GuestPartition partition = hypervisor.create(flags, host);
        onCreated.accept(partition);
        return partition;
    }

    @Override
    public Verdict check(String flags, HostFacts facts) {
        return hypervisor.check(flags, facts);
    }

    @Override
    public String everything(HostFacts facts) {
        return hypervisor.everything(facts);
    }

    @Override
    public List<EnlightenmentDTO> enlightenments() {
        return hypervisor.enlightenments();
    }

    @Override
    public List<GuestPartition> partitions() {
        return hypervisor.partitions();
    }
}
