package hv.devices;

import hv.api.Release;
import hv.api.device.Devices;
import hv.api.dto.DeviceKindDTO;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.VmbusProvider;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.function.BiConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Devices as a Declarative Services component: kinds and buses come and go as their bundles do. What comes takes its
 * places on a thread of this service and not in the start of its bundle; what leaves has left when it is unbound. When
 * the whole framework stops nobody leaves, since nobody would follow.
 *
 * <p>The service tells in its property {@code hv.device} the kinds that are there, so that an embedder can wait for
 * those it needs. The component runtime cannot change the properties of a service, so this class registers itself.
 */
@Component(
        service = {},
        immediate = true)
public final class OsgiDevices extends DeviceService {
    private volatile Bundle framework;
    private volatile ServiceRegistration<Devices> registration;

    /** For the component runtime. */
    public OsgiDevices() {}

    @Activate
    void activate(BundleContext context) {
        framework = context.getBundle(Constants.SYSTEM_BUNDLE_ID);
        registration = context.registerService(Devices.class, this, properties());
        publish();
    }

    private Dictionary<String, Object> properties() {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(
                DeviceKind.PROPERTY,
                kinds().stream().map(DeviceKindDTO::id).distinct().toArray(String[]::new));
        return properties;
    }

    /** One at a time, so that what is told last is true. */
    private synchronized void publish() {
        ServiceRegistration<Devices> told = registration;
        if (told != null) {
            try {
                told.setProperties(properties());
            } catch (IllegalStateException e) {
                // It was unregistered a moment ago.
            }
        }
    }

    private boolean isEndOfFramework() {
        Bundle known = framework;
        return known != null && known.getState() == Bundle.STOPPING;
    }

    private static void from(Bundle bundle, Class<?> type, BiConsumer<String, Release> deploy) {
        if (bundle == null) {
            deploy.accept(StandaloneDevices.origin(type), Release.NONE);
            return;
        }
        Version version = bundle.getVersion();
        deploy.accept(
                bundle.getSymbolicName() + " " + version,
                new Release(version.getMajor(), version.getMinor(), version.getMicro(), version.getQualifier()));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addKind(DeviceKind kind, ServiceReference<DeviceKind> reference) {
        from(reference.getBundle(), kind.getClass(), (origin, release) -> deploy(kind, origin, release));
        publish();
    }

    void removeKind(DeviceKind kind) {
        if (!isEndOfFramework()) {
            withdraw(kind);
            publish();
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addProvider(VmbusProvider provider, ServiceReference<VmbusProvider> reference) {
        from(reference.getBundle(), provider.getClass(), (origin, release) -> deploy(provider, origin, release));
    }

    void removeProvider(VmbusProvider provider) {
        if (!isEndOfFramework()) {
            withdraw(provider);
        }
    }

    @Deactivate
    void deactivate() {
        ServiceRegistration<Devices> told = registration;
        registration = null;
        told.unregister();
        end();
    }
}
