package hv.console;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.device.GuestFreeze;
import hv.api.dto.DeviceDTO;
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

    private final Optional<GuestFreeze> door;

    private FrozenGuest(Optional<GuestFreeze> door) {
        this.door = door;
    }

    /** Freezes the guest of this partition, and waits for its answer. */
    static FrozenGuest of(BundleContext context, int partition) {
        Optional<GuestFreeze> found = Optional.ofNullable(context.getServiceReference(Devices.class))
                .map(context::getService)
                .flatMap(devices -> devices.of(partition))
                .flatMap(FrozenGuest::door);
        found.ifPresent(door -> answer("freezes its file systems", () -> door.freeze(LONGEST)));
        return new FrozenGuest(found);
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

    private static void answer(String what, Supplier<CompletableFuture<Integer>> asking) {
        String why;
        try {
            int status = asking.get().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (status == 0) {
                return;
            }
            why = "status 0x%x".formatted(status);
        } catch (TimeoutException e) {
            why = "no answer within %d s".formatted(PATIENCE_SECONDS);
        } catch (ExecutionException | IllegalStateException e) {
            why = "it cannot be asked";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "interrupted";
        }
        System.out.println("the guest does not say that it %s: %s".formatted(what, why));
    }

    /** Thaws it. */
    @Override
    public void close() {
        door.ifPresent(frozen -> answer("thaws its file systems", frozen::thaw));
    }
}
