package hv.partition;

import aQute.bnd.annotation.spi.ServiceConsumer;
import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import java.util.ServiceLoader;

/**
 * The hypervisor without OSGi: {@code ServiceLoader.load(Hypervisor.class)} finds it, and it finds the enlightenments.
 */
@ServiceProvider(value = Hypervisor.class, resolution = "optional", effective = "active")
@ServiceConsumer(value = Enlightenment.class, resolution = "optional", effective = "active")
public final class StandaloneHypervisor extends PartitionService {
    /** Called by {@link ServiceLoader}. */
    public StandaloneHypervisor() {
        ServiceLoader.load(Enlightenment.class, StandaloneHypervisor.class.getClassLoader())
                .forEach(enlightenment -> deploy(enlightenment, named(enlightenment)));
    }

    /** On the class path a jar's manifest also tells the version. */
    private static String named(Enlightenment enlightenment) {
        String version = enlightenment.getClass().getPackage().getImplementationVersion();
        return originOf(enlightenment) + (version == null ? "" : " " + version.replace('-', '.'));
    }
}
