package hv.fuzz.storm;

import hv.api.enlightenment.Enlightenment;
import hv.partition.PartitionService;
import java.util.List;

/** A hypervisor whose bundles leave and come back, each time as a newer version. Changed by one thread, used by any. */
final class StormService extends PartitionService {
    private final List<Enlightenment> all;
    private int version;

    StormService(List<Enlightenment> all) {
        this.all = List.copyOf(all);
        this.all.forEach(this::comes);
    }

    /** The enlightenments of the storm, whether they are there or not. */
    List<Enlightenment> all() {
        return all;
    }

    void leaves(Enlightenment enlightenment) {
        withdraw(enlightenment);
    }

    void comes(Enlightenment enlightenment) {
        deploy(enlightenment, "storm." + version, 1, version++, 0, "");
    }
}
