package hv.soak;

import hv.api.host.Hypervisor;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@link BundleTorture} for whoever starts a framework from outside: arguments are how many steps, and the seed. Prints
 * its lines; status 0 if nothing was wrong.
 */
@Component(service = ToIntFunction.class, property = "hv.verb=bundle-soak")
public final class BundleVerb implements ToIntFunction<String[]> {
    private final Hypervisor hypervisor;
    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public BundleVerb(@Reference Hypervisor hypervisor, BundleContext context) {
        this.hypervisor = hypervisor;
        this.context = context;
    }

    @Override
    public int applyAsInt(String[] arguments) {
        return Verdict.of(new BundleTorture(
                hypervisor, context, Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]))::run);
    }
}
