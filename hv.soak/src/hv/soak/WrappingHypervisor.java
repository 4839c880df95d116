package hv.soak;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.dto.EnlightenmentDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.api.host.Profile;
import hv.api.host.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Another hypervisor, but for two things: partitions get a host that was put in front of the one they were created for,
 * and whoever made this sees each partition before a VP runs. For tools that hand a hypervisor to a VMM and want to
 * look in between. Any thread.
 */
public final class WrappingHypervisor implements Hypervisor {
    private final Hypervisor hypervisor;
    private final UnaryOperator<Host> wrapper;
    private final Consumer<GuestPartition> onCreated;

    /**
     * In front of {@code hypervisor}.
     *
     * @param wrapper gives the host that stands before the one it gets
     * @param onCreated gets each partition on the thread that creates it
     */
    public WrappingHypervisor(Hypervisor hypervisor, UnaryOperator<Host> wrapper, Consumer<GuestPartition> onCreated) {
        this.hypervisor = Objects.requireNonNull(hypervisor, "hypervisor");
        this.wrapper = Objects.requireNonNull(wrapper, "wrapper");
        this.onCreated = Objects.requireNonNull(onCreated, "onCreated");
    }

    @Override
    public GuestPartition create(Flags flags, Host host) throws ConfigurationException {
        return told(hypervisor.create(flags, wrapper.apply(host)));
    }

    @Override
    public GuestPartition create(String flags, Host host) throws ConfigurationException {
        return told(hypervisor.create(flags, wrapper.apply(host)));
    }

    private GuestPartition told(GuestPartition partition) {
        onCreated.accept(partition);
        return partition;
    }

    @Override
    public Verdict check(Flags flags, HostFacts facts) {
        return hypervisor.check(flags, facts);
    }

    @Override
    public Verdict check(String flags, HostFacts facts) {
        return hypervisor.check(flags, facts);
    }

    @Override
    public Flags everything(HostFacts facts) {
        return hypervisor.everything(facts);
    }

    @Override
    public List<Profile> profiles(HostFacts facts) {
        return hypervisor.profiles(facts);
    }

    @Override
    public List<EnlightenmentDTO> enlightenments() {
        return hypervisor.enlightenments();
    }

    @Override
    public boolean settle(Duration limit) {
        return hypervisor.settle(limit);
    }

    @Override
    public List<GuestPartition> partitions() {
        return hypervisor.partitions();
    }
}
