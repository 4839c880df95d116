package hv.console;

import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * {@code exit}: ends the console and with it the framework and a guest that runs in it. In Gogo's own scope, because
 * there the shell looks first; what it would find otherwise is {@code System.exit}, which wants a number and ends
 * nothing properly.
 */
@Component(
        service = ExitCommand.class,
        property = {"osgi.command.scope=gogo", "osgi.command.function=exit"})
public final class ExitCommand {
    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public ExitCommand(BundleContext context) {
        this.context = context;
    }

    /** The command; returns at once, the framework stops on a thread of its own. */
    @Descriptor("ends the console, the framework, and a guest that runs in it")
    public void exit() throws BundleException {
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).stop();
    }
}
