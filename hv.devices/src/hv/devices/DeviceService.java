package hv.devices;

import hv.api.GuestMemory;
import hv.api.Release;
import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceKindDTO;
import hv.api.host.GuestPartition;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.VmbusProvider;
import hv.devices.Deployed.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The devices of all guests: a catalogue of kinds and of buses, and the places of each guest. Knows no device by name.
 * OSGi and {@link java.util.ServiceLoader} each have a thin class that fills the catalogue. Any thread.
 */
class DeviceService implements Devices {
    private static final System.Logger LOG = System.getLogger("hv.devices");

    private final Deployed<DeviceKind> kinds = new Deployed<>();
    private final Deployed<VmbusProvider> buses = new Deployed<>();
    private final WorkerThreads workers = new WorkerThreads();

    /** Guarded by itself. */
    private final List<GuestPlaces> guests = new ArrayList<>();

    /** How many versions have come that are not where they belong yet. Guarded by {@link #guests}. */
    private int arriving;

    DeviceService() {}

    /** A kind has come; guests get it soon, if it is newer than what they have. */
    final void deploy(DeviceKind kind, String origin, Release release) {
        try {
            bring(kinds.add(kind, About.of(kind), origin, release));
        } catch (RefusedException e) {
            LOG.log(System.Logger.Level.ERROR, "devices of " + origin + " cannot be used", e);
        }
    }

    /** A bus has come. */
    final void deploy(VmbusProvider provider, String origin, Release release) {
        try {
            bring(buses.add(provider, About.of(provider), origin, release));
        } catch (RefusedException e) {
            LOG.log(System.Logger.Level.ERROR, "the bus of " + origin + " cannot be used", e);
        }
    }

    /** Not on the thread of who brings it: that is the start of a bundle. */
    private void bring(Version<?> come) {
        List<GuestPlaces> now = running();
        if (now.isEmpty()) {
            return;
        }
        synchronized (guests) {
            arriving++;
        }
        workers.execute(() -> {
            try {
                now.forEach(guest -> change(guest, () -> guest.bring(come)));
            } finally {
                synchronized (guests) {
                    arriving--;
                    guests.notifyAll();
                }
            }
        });
    }

    final void withdraw(DeviceKind kind) {
        kinds.remove(kind).ifPresent(this::leave);
    }

    final void withdraw(VmbusProvider provider) {
        buses.remove(provider).ifPresent(this::leave);
    }

    private void leave(Version<?> gone) {
        running().forEach(guest -> change(guest, () -> guest.withdraw(gone)));
    }

    /** What goes wrong in one guest is no matter of the others. */
    private static void change(GuestPlaces guest, Runnable change) {
        try {
            change.run();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "the devices of partition " + guest.partition() + " are not changed", e);
        }
    }

    private List<GuestPlaces> running() {
        synchronized (guests) {
            return List.copyOf(guests);
        }
    }

    @Override
    public List<DeviceKindDTO> kinds() {
        return kinds.all().stream()
                .map(version -> new DeviceKindDTO(
                        version.id(),
                        version.about().title(),
                        version.origin(),
                        version.about().options()))
                .toList();
    }

    @Override
    public GuestDevices open(GuestPartition partition, GuestMemory memory, int vps) {
        SynicPorts ports = partition
                .service("synic", SynicPorts.class)
                .orElseThrow(() -> new IllegalArgumentException(
                        "devices need the synthetic interrupt controller: add hv-synic,hv-vpindex to the flags"));
        if (of(partition.id()).isPresent()) {
            throw new IllegalStateException("partition %d has devices already".formatted(partition.id()));
        }
        GuestPlaces guest = new GuestPlaces(partition, ports, memory, vps, kinds, buses, workers, this::forget);
        synchronized (guests) {
            guests.add(guest);
        }
        return guest;
    }

    private void forget(GuestPlaces guest) {
        synchronized (guests) {
            guests.remove(guest);
        }
    }

    @Override
    public List<GuestDevices> all() {
        return List.copyOf(running());
    }

    @Override
    public boolean settle(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (guests) {
            try {
                while (arriving > 0) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    TimeUnit.NANOSECONDS.timedWait(guests, left);
                }
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** The service is going away: so are the devices. */
    final void end() {
        running().forEach(guest -> change(guest, guest::close));
        workers.shutdown();
    }
}
