package hv.console;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceDTO;
import hv.api.dto.SwapDTO;
import java.time.Duration;
import java.util.List;
import org.osgi.framework.Bundle;

/**
 * The places of a device, or of the bus, in guests, for a bundle that shall take them.
 *
 * @param name of the device
 */
record DevicePlaces(Devices devices, String name, List<GuestDevices> guests) implements Replacement.Places {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    @Override
    public String wanted() {
        return "the device " + name;
    }

    /** What it offers is known when it has been started. */
    @Override
    public boolean isOfferedBy(Bundle bundle) {
        return true;
    }

    @Override
    public List<SwapDTO> take(String origin) {
        devices.settle(LONGEST);
        return guests.stream().map(guest -> take(origin, guest)).toList();
    }

    /** A newer version has taken over by being started; an older one, or one that was refused, is asked to. */
    private SwapDTO take(String origin, GuestDevices guest) {
        return guest.history().stream()
                .filter(row -> isInPlace(guest, origin)
                        && row.id().equals(name)
                        && row.to().equals(origin))
                .reduce((older, newer) -> newer)
                .orElseGet(() -> swap(guest, origin));
    }

    /** One that the bundle does not make is the user's mistake. */
    private SwapDTO swap(GuestDevices guest, String origin) {
        try {
            return guest.swap(name, origin);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private boolean isInPlace(GuestDevices guest, String origin) {
        return guest.all().stream()
                .filter(row -> row.name().equals(name))
                .map(DeviceDTO::bundle)
                .anyMatch(origin::equals);
    }
}
