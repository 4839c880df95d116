package hv.console;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.host.Hypervisor;
import java.time.Duration;
import java.util.List;

/** The running guests that have devices, for one command. */
final class GuestsWithDevices {
    private static final Duration LONGEST_SETTLING = Duration.ofSeconds(30);

    private GuestsWithDevices() {}

    /**
     * All of them, or the one of {@code --partition ID}; none if there is no such, or nobody knows of devices.
     *
     * @param devices may be null
     * @throws UsageException if no guest runs, or not that one
     */
    static List<GuestDevices> of(Devices devices, Hypervisor hypervisor, Arguments arguments) {
        List<Integer> partitions = Guests.allRunning(hypervisor, arguments, Guests.START_ONE).stream()
                .map(partition -> partition.id())
                .toList();
        if (devices == null) {
            return List.of();
        }
        // What was started a moment ago is told as it comes out.
        devices.settle(LONGEST_SETTLING);
        return devices.all().stream()
                .filter(guest -> partitions.contains(guest.partition()))
                .toList();
    }
}
