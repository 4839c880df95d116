package hv.console;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.device.GuestFreeze;
import hv.api.dto.DeviceDTO;
import hv.flags.Shown;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;

/**
 * A guest whose file systems are kept still while this is open, if it has a device and a program for that; otherwise it
 * is as it is. One that does not want to is told of and saved all the same: its RAM is in the file. For one thread.
 */
final class FrozenGuest implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 15;

    /** The guest is thawed then, whatever becomes of the save. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final long NANOS_PER_MS = 1_000_000;

    /** What a guest made of a question. */
    private enum Outcome {
        /** It has done it. */
        DONE,
        /** It has not done it, and will not. */
        REFUSED,
        /** It may do it yet. */
        SILENT
    }

    /** Empty if it is not frozen, or not by this. */
    private final Optional<GuestFreeze> door;

    /** Whether the guest has said that it is still. */
    private final boolean isStill;

    private final long sinceNanos = System.nanoTime();

    private FrozenGuest(Optional<GuestFreeze> door, boolean isStill) {
        this.door = door;
        this.isStill = isStill;
    }

    /** Freezes the guest of this partition, and waits for its answer. */
    static FrozenGuest of(BundleContext context, int partition) {
        Optional<GuestFreeze> found = Optional.ofNullable(context.getServiceReference(Devices.class))
                .map(context::getService)
                .flatMap(devices -> devices.of(partition))
                .flatMap(FrozenGuest::door);
        Outcome outcome = found.map(door -> ask("freezes its file systems", () -> door.freeze(LONGEST)))
                .orElse(Outcome.REFUSED);
        return new FrozenGuest(found.filter(door -> outcome != Outcome.REFUSED), outcome == Outcome.DONE);
    }

    private static Optional<GuestFreeze> door(GuestDevices devices) {
        return devices.all().stream()
                .map(DeviceDTO::name)
                .flatMap(name -> devices.service(name, GuestFreeze.class).stream())
                .filter(FrozenGuest::isPossible)
                .findFirst();
    }

    /** Not while nobody is in the device's place. */
    private static boolean isPossible(GuestFreeze door) {
        try {
            return door.isPossible();
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Asks the guest, and tells if it does not say that it has done it. */
    private static Outcome ask(String what, Supplier<CompletableFuture<Integer>> asking) {
        Outcome outcome = Outcome.REFUSED;
        String why;
        try {
            int status = asking.get().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (status == 0) {
                return Outcome.DONE;
            }
            why = "status 0x%x".formatted(status);
        } catch (TimeoutException e) {
            why = "no answer within %d s".formatted(PATIENCE_SECONDS);
            outcome = Outcome.SILENT;
        } catch (ExecutionException e) {
            why = Shown.word(String.valueOf(e.getCause().getMessage()));
        } catch (IllegalStateException e) {
            why = "it cannot be asked";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "interrupted";
            outcome = Outcome.SILENT;
        }
        System.out.println("the guest does not say that it %s: %s".formatted(what, why));
        return outcome;
    }

    /** Thaws it, and tells for how long it was still. */
    @Override
    public void close() {
        door.map(frozen -> ask("thaws its file systems", frozen::thaw))
                .filter(outcome -> isStill && outcome == Outcome.DONE)
                .ifPresent(done -> System.out.printf(
                        "the guest's file systems were still for %d ms%n",
                        (System.nanoTime() - sinceNanos) / NANOS_PER_MS));
    }
}
