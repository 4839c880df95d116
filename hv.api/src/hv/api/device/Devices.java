package hv.api.device;

import hv.api.GuestMemory;
import hv.api.dto.DeviceKindDTO;
import hv.api.host.GuestPartition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The devices of all guests: which kinds are deployed, and who has them. An OSGi service; without OSGi it is found by
 * {@code ServiceLoader}. VMMs call it for a guest that is to have devices, operators' commands to find those that have.
 * Any thread.
 */
@ProviderType
public interface Devices {
    /** The kinds of devices that are deployed, by id, of each its newest version first. */
    List<DeviceKindDTO> kinds();

    /**
     * Lets a guest have devices. Called by its VMM before the guest runs; the VMM closes what it gets.
     *
     * @param partition has hv-synic; its VPs need not be there yet
     * @param memory the guest's RAM
     * @param vps how many VPs the guest has or will have
     * @throws IllegalArgumentException if the partition has no synthetic interrupt controller
     * @throws IllegalStateException if no bus is deployed, or the guest has devices already
     */
    GuestDevices open(GuestPartition partition, GuestMemory memory, int vps);

    /** The guests that have devices, by the numbers of their partitions. */
    List<GuestDevices> all();

    /** The devices of the partition with this number; empty if it has none. */
    default Optional<GuestDevices> of(int partition) {
        return all().stream()
                .filter(devices -> devices.partition() == partition)
                .findFirst();
    }

    /** Waits until all bundles that have come or gone are where they belong; false if that takes longer. */
    boolean settle(Duration limit);
}
