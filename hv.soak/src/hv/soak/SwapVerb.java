package hv.soak;

import hv.api.host.Hypervisor;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@link SwapTorture} for whoever starts a framework from outside: arguments are those of a
 * {@link TortureSpec}. Prints its lines; status 0 if nothing was wrong.
 */
@Component(service = ToIntFunction.class, property = "hv.verb=swap-soak")
public final class SwapVerb implements ToIntFunction<String[]> {
    private final Hypervisor hypervisor;
    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public SwapVerb(@Reference Hypervisor hypervisor, BundleContext context) {
        this.hypervisor = hypervisor;
        this.context = context;
    }

    @Override
    public int applyAsInt(String[] arguments) {
        SwapTorture torture = new SwapTorture(hypervisor, context, TortureSpec.of(arguments));
        return Verdict.of(torture::run);
    }
}
