package hv.soak;

import hv.api.host.Hypervisor;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@link AwayTorture} for whoever starts a framework from outside: arguments are those of a
 * {@link TortureSpec}. Prints its lines; status 0 if nothing was wrong.
 */
@Component(service = ToIntFunction.class, property = "hv.verb=away-soak")
public final class AwayVerb implements ToIntFunction<String[]> {
    private final Hypervisor hypervisor;
    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public AwayVerb(@Reference Hypervisor hypervisor, BundleContext context) {
        this.hypervisor = hypervisor;
        this.context = context;
    }

    @Override
    public int applyAsInt(String[] arguments) {
        AwayTorture torture = new AwayTorture(hypervisor, context, TortureSpec.of(arguments));
        return Verdict.of(torture::run);
    }
}
