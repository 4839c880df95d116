package hv.launcher.run;

import hv.api.device.GuestDevices;
import hv.api.device.GuestShutdown;
import hv.api.dto.DeviceDTO;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * At SIGTERM the guest is asked to power itself off, and the run ends when it has. It ends at once if the guest cannot
 * be asked, will not, or is told again, and when the guest takes too long. Used for one run.
 */
final class GracefulEnd implements AutoCloseable {
    private final GuestDevices devices;
    private final Duration limit;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final TermSignal signal;
    private boolean isAsked;

    /**
     * Listens until it is closed.
     *
     * @param devices the guest's
     * @param limit how long the guest has
     */
    GracefulEnd(GuestDevices devices, Duration limit) {
        this.devices = devices;
        this.limit = limit;
        this.signal = TermSignal.listen(this::heard);
    }

    /** On a thread of the signal's own, so that it may wait. */
    private void heard() {
        try {
            Optional<GuestShutdown> asked = first() ? door() : Optional.empty();
            if (asked.isPresent() && isGoingToEnd(asked.get())) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            Failure.tell(e);
        }
        if (!ended.isDone()) {
            signal.endProcess();
        }
    }

    private synchronized boolean first() {
        boolean isFirst = !isAsked;
        isAsked = true;
        return isFirst;
    }

    private Optional<GuestShutdown> door() {
        Optional<GuestShutdown> found = devices.all().stream()
                .map(DeviceDTO::name)
                .flatMap(name -> devices.service(name, GuestShutdown.class).stream())
                .filter(GuestShutdown::isPossible)
                .findFirst();
        if (found.isEmpty()) {
            System.err.println("hv: the guest has no driver that would power it off; it is stopped");
        }
        return found;
    }

    /** Asks, and waits until the guest has ended, its answer is no, or the time is over. */
    private boolean isGoingToEnd(GuestShutdown shutdown) throws InterruptedException {
        CompletableFuture<Boolean> refused = new CompletableFuture<>();
        shutdown.request(GuestShutdown.Action.POWER_OFF).whenComplete((status, failure) -> {
            if (failure != null || status != 0) {
                System.err.println("hv: the guest does not power itself off (%s); it is stopped"
                        .formatted(failure == null ? "status 0x%x".formatted(status) : "it cannot be asked"));
                refused.complete(false);
            }
        });
        try {
            return ended.applyToEither(refused, isEnded -> isEnded).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            System.err.println(
                    "hv: the guest has not powered itself off within %d s; it is stopped".formatted(limit.toSeconds()));
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The guest has ended. */
    @Override
    public void close() {
        ended.complete(true);
        signal.close();
    }
}
