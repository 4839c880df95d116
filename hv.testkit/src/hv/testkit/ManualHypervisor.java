package hv.testkit;

import hv.api.enlightenment.Enlightenment;
import hv.partition.PartitionService;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A hypervisor whose enlightenments are deployed and withdrawn by hand, as bundles do that start and stop; one version
 * of each at a time. Any thread but a VP's.
 */
public final class ManualHypervisor extends PartitionService {
    private final Map<String, Enlightenment> deployed = new ConcurrentHashMap<>();

    /** One with these to begin with. */
    public ManualHypervisor(List<? extends Enlightenment> first) {
        first.forEach(this::deploy);
    }

    /** Adds an enlightenment, which takes its place in partitions where that is vacant; returns when it has. */
    public void deploy(Enlightenment enlightenment) {
        String id = enlightenment.descriptor().id();
        if (deployed.putIfAbsent(id, enlightenment) != null) {
            throw new IllegalStateException(id + " is deployed");
        }
        deploy(enlightenment, enlightenment.getClass().getPackageName());
    }

    /**
     * Takes the enlightenment {@code id} out; its places are vacant when this returns, and those of what requires it.
     */
    public void withdraw(String id) {
        Enlightenment leaving = deployed.remove(id);
        if (leaving == null) {
            throw new IllegalStateException(id + " is not deployed");
        }
        withdraw(leaving);
    }
}
