package hv.launcher.run;

import hv.api.host.GuestMachine;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import hv.launcher.options.RunOptions;
import hv.snapshot.SnapshotException;
import hv.snapshot.Snapshots;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * What a run does with its machine: continues a snapshot in it, registers it as a service for the console and others,
 * and writes a snapshot after a time. Used for one run.
 */
final class Attending implements Job.Attendant {
    private static final long SAVE_TIMEOUT_SECONDS = 600;

    private final BundleContext context;
    private final Snapshots snapshots;
    private final RunOptions options;
    private final Runnable entered;
    private final Runnable stop;
    private volatile boolean hasSaved;
    private volatile boolean hasFailed;

    /**
     * Made before the job runs.
     *
     * @param entered what else to do when the guest is entered
     * @param stop ends the run
     */
    Attending(BundleContext context, Hypervisor hypervisor, RunOptions options, Runnable entered, Runnable stop) {
        this.context = context;
        this.snapshots = new Snapshots(hypervisor);
        this.options = options;
        this.entered = entered;
        this.stop = stop;
    }

    @Override
    public Job.Attendance attend(GuestMachine machine) {
        if (options.restore().isPresent()) {
            try {
                snapshots.restore(machine, options.restore().get());
            } catch (SnapshotException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
        ServiceRegistration<GuestMachine> registration = context.registerService(GuestMachine.class, machine, null);
        ScheduledThreadPoolExecutor timer = timer(machine);
        Optional<GracefulEnd> gracefulEnd = gracefulEnd(machine);
        return () -> {
            gracefulEnd.ifPresent(GracefulEnd::close);
            finish(timer);
            unregister(registration);
        };
    }

    private Optional<GracefulEnd> gracefulEnd(GuestMachine machine) {
        return options.gracefulEnd()
                .flatMap(limit -> FoundDevices.in(context)
                        .flatMap(devices -> devices.of(machine.partition().id()))
                        .map(devices -> new GracefulEnd(devices, limit)));
    }

    @Override
    public void entered() {
        entered.run();
    }

    private ScheduledThreadPoolExecutor timer(GuestMachine machine) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("hv-save-at").daemon().factory());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        options.saveAt()
                .ifPresent(wanted ->
                        timer.schedule(() -> save(machine, wanted), wanted.afterMillis(), TimeUnit.MILLISECONDS));
        return timer;
    }

    /**
     * The guest ends where it was saved: it is to go on from there, and nowhere else. If it could not be saved it goes
     * on here.
     */
    private void save(GuestMachine machine, RunOptions.SaveAt wanted) {
        try {
            snapshots.save(machine, wanted.file(), true, stop);
            hasSaved = true;
        } catch (Throwable e) {
            hasFailed = true;
            tell(e);
        }
    }

    private static void tell(Throwable e) {
        if (e instanceof SnapshotException) {
            Shown.lines(e.getMessage()).forEach(line -> System.err.println("hv: " + line));
        } else {
            Failure.tell(e);
        }
    }

    private static void finish(ScheduledThreadPoolExecutor timer) {
        timer.shutdown();
        try {
            // A snapshot that is being written needs the machine.
            timer.awaitTermination(SAVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void unregister(ServiceRegistration<GuestMachine> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            // The bundle has been stopped, which has done it.
        }
    }

    /**
     * The run's exit status.
     *
     * @param status the job's
     * @return 0 if the guest was saved; {@link RunOptions#UNUSABLE} if it was to be and was not, and then ended well;
     *     otherwise the job's
     */
    int status(int status) {
        if (hasSaved) {
            return 0;
        }
        return hasFailed && status == 0 ? RunOptions.UNUSABLE : status;
    }
}
