package hv.partition;

import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.api.host.PartitionListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The hypervisor as a Declarative Services component: enlightenments and listeners come and go as their bundles do. */
@Component(service = Hypervisor.class)
public final class OsgiHypervisor extends PartitionService {
    /** For the component runtime. */
    public OsgiHypervisor() {}

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEnlightenment(Enlightenment enlightenment) {
        Bundle bundle = FrameworkUtil.getBundle(enlightenment.getClass());
        if (bundle == null) {
            deploy(enlightenment, originOf(enlightenment));
            return;
        }
        Version version = bundle.getVersion();
        deploy(
                enlightenment,
                bundle.getSymbolicName() + " " + version,
                version.getMajor(),
                version.getMinor(),
                version.getMicro(),
                version.getQualifier());
    }

    void removeEnlightenment(Enlightenment enlightenment) {
        withdraw(enlightenment);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(PartitionListener listener) {
        listen(listener);
    }

    void removeListener(PartitionListener listener) {
        unlisten(listener);
    }

    @Deactivate
    void deactivate() {
        closeAll();
    }
}
