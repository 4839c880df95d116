package hv.launcher.run;

import hv.api.host.ConfigurationException;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import hv.kvm.Kvm;
import hv.launcher.options.RunOptions;
import hv.launcher.options.RunOptions.Backend;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code ./hv run} inside the framework: chooses the back end, the flags and the guest, runs it, and turns its end into
 * an exit status.
 *
 * <p>Called by the launcher on the main thread. When its bundle stops, because of Ctrl-C or from the console, it ends
 * the guest first.
 */
@Component(service = ToIntFunction.class, property = "hv.verb=run")
public final class RunVerb implements ToIntFunction<RunOptions>, SynchronousBundleListener {
    private static final int BROKEN = 1;
    private static final long STOP_TIMEOUT_SECONDS = 5;
    private static final long FRAMEWORK = 0;

    private final BundleContext context;
    private final Hypervisor hypervisor;
    private final CountDownLatch ended = new CountDownLatch(1);
    private Job job;
    private boolean isStopped;

    /** For the component runtime. */
    @Activate
    public RunVerb(BundleContext context, @Reference Hypervisor hypervisor) {
        this.context = context;
        this.hypervisor = hypervisor;
        context.addBundleListener(this);
    }

    /**
     * The framework is about to stop: before any bundle does, so that no VP waits for an enlightenment that has left.
     */
    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == FRAMEWORK) {
            endGuest();
        }
    }

    /** Something that this needs leaves, or this bundle is stopped. */
    @Deactivate
    void deactivate() {
        context.removeBundleListener(this);
        endGuest();
    }

    /** Ends the guest, and waits for that, so that nothing of it outlives the framework. */
    private void endGuest() {
        Job running = stopped();
        if (running == null) {
            return;
        }
        running.stop();
        try {
            if (!ended.await(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("hv: the guest did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Job stopped() {
        isStopped = true;
        return job;
    }

    /** Makes a job the one that is stopped, also if that was asked for already. */
    private synchronized Job current(Job chosen) {
        job = chosen;
        if (isStopped) {
            chosen.stop();
        }
        return chosen;
    }

    @Override
    public int applyAsInt(RunOptions asked) {
        try {
            WantedGuest guest = WantedGuest.of(asked, context, hypervisor);
            return guest.options().backend() == Backend.HOSTED ? run(guest, guest.hosted(System.out)) : start(guest);
        } catch (ConfigurationException e) {
            return unusable(e.getMessage());
        } catch (IllegalArgumentException | UnavailableException e) {
            return unusable(e.getMessage());
        } catch (IOException e) {
            Failure.tell(e);
            return BROKEN;
        } finally {
            ended.countDown();
        }
    }

    private static int unusable(String problems) {
        Shown.lines(problems).forEach(line -> System.err.println("hv: " + line));
        return RunOptions.UNUSABLE;
    }

    /** On KVM if that can be had; otherwise without a CPU, if that was left open and can be. */
    private int start(WantedGuest guest) throws IOException, ConfigurationException, UnavailableException {
        RunOptions options = guest.options();
        Optional<String> reason = Kvm.whyUnusable();
        if (reason.isEmpty()) {
            try {
                return run(guest, guest.onKvm(System.out));
            } catch (UnavailableException e) {
                reason = Optional.of(e.getMessage());
            }
        }
        if (options.backend() == Backend.KVM
                || options.kernel().isPresent()
                || options.hasTestDevice()
                || options.hasBus()) {
            throw new IllegalArgumentException(reason.get());
        }
        System.err.println("hv: running without a CPU (back end hosted), because " + reason.get());
        return run(guest, guest.hosted(System.out));
    }

    private int run(WantedGuest guest, Job chosen) throws IOException, ConfigurationException, UnavailableException {
        Job running = current(chosen);
        Runnable entered = StartReport.wanted() ? StartReport::print : () -> {};
        Attending attending = new Attending(context, hypervisor, guest.options(), entered, running::stop);
        StartReport.loading();
        return attending.status(running.run(attending));
    }
}
