package hv.soak;

import hv.api.host.Hypervisor;
import java.util.Locale;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@link Demo} for whoever starts a framework from outside: arguments are the back end and the number of VPs. Status 0
 * if nothing was lost.
 */
@Component(service = ToIntFunction.class, property = "hv.verb=demo")
public final class DemoVerb implements ToIntFunction<String[]> {
    private final Hypervisor hypervisor;
    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public DemoVerb(@Reference Hypervisor hypervisor, BundleContext context) {
        this.hypervisor = hypervisor;
        this.context = context;
    }

    @Override
    public int applyAsInt(String[] arguments) {
        SoakSpec.Backend backend = SoakSpec.Backend.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        try {
            return new Demo(hypervisor, context, backend, Integer.parseInt(arguments[1]), System.out).run() ? 0 : 1;
        } catch (Exception e) {
            e.printStackTrace(System.out);
            return 1;
        }
    }
}
