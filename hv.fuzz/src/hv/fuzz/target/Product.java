package hv.fuzz.target;

import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.partition.PartitionService;
import java.util.List;
import java.util.ServiceLoader;

/**
 * What is attacked: everything that is deployed. Immutable.
 *
 * @param hypervisor knows all enlightenments
 * @param enlightenments all of them
 */
public record Product(Hypervisor hypervisor, List<Enlightenment> enlightenments) {
    /** Copies the list. */
    public Product {
        enlightenments = List.copyOf(enlightenments);
    }

    /** What {@code loader} can reach. */
    public static Product of(ClassLoader loader) {
        List<Enlightenment> all = ServiceLoader.load(Enlightenment.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return new Product(PartitionService.of(all), all);
    }
}
