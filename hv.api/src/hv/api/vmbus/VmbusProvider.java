package hv.api.vmbus;

import hv.api.GuestMemory;
import hv.api.synic.SynicPorts;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes buses. Implemented by the bus' bundle and registered as an OSGi service (and for {@code ServiceLoader}); called
 * by the bundle that keeps the places of devices, so that one version of the bus can follow another. Any thread.
 */
@ConsumerType
public interface VmbusProvider {
    /** The version of what its buses save, 1 or more. */
    int stateVersion();

    /**
     * A bus without devices. It listens at once, and is paused until {@link Vmbus#resume}.
     *
     * @param ports the guest's, as {@code GuestPartition.service("synic", SynicPorts.class)} gives them
     * @param memory the guest's RAM
     * @param clock100ns its reference time, in units of 100 ns; any thread
     * @param vps how many VPs it has, 1 or more
     * @param workers the threads on which devices and the bus do their work; the caller's
     * @throws IllegalStateException if somebody else listens on connections 1 or 4
     */
    Vmbus open(
            SynicPorts ports, GuestMemory memory, LongSupplier clock100ns, int vps, ScheduledExecutorService workers);
}
