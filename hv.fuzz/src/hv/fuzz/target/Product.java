package hv.fuzz.target;

import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.VmbusProvider;
import hv.partition.PartitionService;
import java.util.List;
import java.util.ServiceLoader;

/**
 * What is attacked: everything that is deployed. Immutable.
 *
 * @param hypervisor knows all enlightenments
 * @param enlightenments all of them
 * @param buses who makes a guest's bus
 * @param devices the kinds of devices
 */
public record Product(
        Hypervisor hypervisor,
        List<Enlightenment> enlightenments,
        List<VmbusProvider> buses,
        List<DeviceKind> devices) {
    /** Copies the lists. */
    public Product {
        enlightenments = List.copyOf(enlightenments);
        buses = List.copyOf(buses);
        devices = List.copyOf(devices);
    }

    /** What {@code loader} can reach. */
    public static Product of(ClassLoader loader) {
        List<Enlightenment> all = all(Enlightenment.class, loader);
        return new Product(
                PartitionService.of(all), all, all(VmbusProvider.class, loader), all(DeviceKind.class, loader));
    }

    private static <T> List<T> all(Class<T> type, ClassLoader loader) {
        return ServiceLoader.load(type, loader).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
