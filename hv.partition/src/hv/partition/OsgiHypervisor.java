package hv.partition;

import hv.api.dto.EnlightenmentDTO;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.api.host.PartitionListener;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The hypervisor as a Declarative Services component: enlightenments and listeners come and go as their bundles do.
 * What comes takes its places on a thread of this service and not in the start of its bundle; what leaves has left when
 * it is unbound. When the whole framework stops nobody leaves, since nobody would follow: guests have what they have
 * until they are closed.
 *
 * <p>ConfigurationAdmin, if it is there, has the {@link ServiceDefaults} under {@code hv.partition}.
 *
 * <p>The service tells in its property {@code hv.enlightenment} the ids of those that are there, so that an embedder
 * can wait for the ones it needs: {@code @Reference(target = "(&(hv.enlightenment=synic)(hv.enlightenment=stimer))")}. The
 * component runtime cannot change the properties of a service, so this class registers itself.
 */
@Component(
        service = {},
        configurationPid = "hv.partition",
        immediate = true)
@Designate(ocd = ServiceDefaults.class)
public final class OsgiHypervisor extends PartitionService {
    private static final String ENLIGHTENMENT = "hv.enlightenment";

    private final SynchronousBundleListener endOfFramework = this::changed;
    private volatile Bundle framework;

    private final AtomicInteger changes = new AtomicInteger();
    private volatile ServiceRegistration<Hypervisor> registration;

    /** For the component runtime. */
    public OsgiHypervisor() {}

    @Activate
    void activate(BundleContext context, ServiceDefaults defaults) {
        configure(defaults);
        framework = context.getBundle(Constants.SYSTEM_BUNDLE_ID);
        context.addBundleListener(endOfFramework);
        registration = context.registerService(Hypervisor.class, this, properties());
        publish();
    }

    /** Holds for partitions that are made from now on, and the limits for all. */
    @Modified
    void configure(ServiceDefaults defaults) {
        new DefaultSettings(limits()).take(defaults);
    }

    private void changed(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().equals(framework)) {
            endWaits();
        }
    }

    private boolean isEndOfFramework() {
        Bundle known = framework;
        return known != null && known.getState() == Bundle.STOPPING;
    }

    private Dictionary<String, Object> properties() {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(
                ENLIGHTENMENT,
                enlightenments().stream().map(EnlightenmentDTO::id).toArray(String[]::new));
        return properties;
    }

    /**
     * Tells what is there now. Others are called by that, so no lock is held; who finds that something has changed
     * meanwhile tells it again, so that what is told last is true. Before the component is active, and when it is not
     * any more, there is nobody to tell.
     */
    private void publish() {
        changes.incrementAndGet();
        ServiceRegistration<Hypervisor> told = registration;
        for (int seen = -1; told != null && seen != changes.get(); ) {
            seen = changes.get();
            try {
                told.setProperties(properties());
            } catch (IllegalStateException e) {
                // It was unregistered a moment ago.
                return;
            }
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEnlightenment(Enlightenment enlightenment, ServiceReference<Enlightenment> reference) {
        deployFromBundle(enlightenment, reference.getBundle());
        publish();
    }

    /** The bundle is the one that offers the service: classes need not tell theirs, where one loader has them all. */
    private void deployFromBundle(Enlightenment enlightenment, Bundle bundle) {
        if (bundle == null) {
            deployLater(enlightenment, originOf(enlightenment), 0, 0, 0, "");
            return;
        }
        Version version = bundle.getVersion();
        deployLater(
                enlightenment,
                bundle.getSymbolicName() + " " + version,
                version.getMajor(),
                version.getMinor(),
                version.getMicro(),
                version.getQualifier());
    }

    void removeEnlightenment(Enlightenment enlightenment) {
        if (isEndOfFramework()) {
            endWaits();
            return;
        }
        withdraw(enlightenment);
        publish();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(PartitionListener listener) {
        listen(listener);
    }

    void removeListener(PartitionListener listener) {
        unlisten(listener);
    }

    @Deactivate
    void deactivate(BundleContext context) {
        context.removeBundleListener(endOfFramework);
        ServiceRegistration<Hypervisor> told = registration;
        registration = null;
        told.unregister();
        closeAll();
    }
}
