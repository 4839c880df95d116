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

    private SwapDTO take(String origin, GuestDevices guest) {
        String inPlace = guest.all().stream()
                .filter(row -> row.name().equals(name))
                .map(DeviceDTO::bundle)
                .findFirst()
                .orElse("");
        return Replacement.taken(name, origin, inPlace, guest.history(), () -> swap(guest, origin));
    }

    /** One that the bundle does not make is the user's mistake. */
    private SwapDTO swap(GuestDevices guest, String origin) {
        try {
            return guest.swap(name, origin);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
