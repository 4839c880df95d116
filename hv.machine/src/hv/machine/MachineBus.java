package hv.machine;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.host.GuestPartition;
import hv.api.machine.StateSections;
import java.util.List;
import java.util.Optional;

/**
 * The VMBus of a machine, if it has one, in step with its VPs: it touches the guest only while these may run.
 *
 * <p>Two keep it still, each in its own time: whoever pauses the machine, and a reset. It goes on when neither does.
 * {@link #pause} and {@link #resume} are called by the machine's users; {@link #beginReset} and {@link #endReset} while
 * every VP is stopped, perhaps by another thread.
 */
final class MachineBus implements AutoCloseable {
    private final Optional<GuestDevices> devices;

    // Guarded by this object's monitor.
    private boolean isPaused;
    private boolean isResetting;

    private MachineBus(Optional<GuestDevices> devices) {
        this.devices = devices;
    }

    /**
     * Opens it for a partition whose VPs have not run, with its devices; it does nothing before {@link #resume}. If
     * that fails, the partition is closed.
     *
     * @throws IllegalArgumentException if it cannot be had, or not with these devices; one line says why
     */
    static MachineBus open(
            Optional<BusSpec> wanted, Optional<Devices> all, GuestPartition partition, GuestMemory memory, int vps) {
        MachineBus bus = new MachineBus(Optional.empty());
        try {
            if (wanted.isPresent()) {
                bus = new MachineBus(Optional.of(opened(all, partition, memory, vps)));
                bus.pause(() -> {});
                bus.add(wanted.get());
            }
            return bus;
        } catch (Throwable e) {
            bus.close();
            partition.close();
            throw e;
        }
    }

    private void add(BusSpec wanted) {
        GuestDevices opened = devices.orElseThrow();
        wanted.devices().forEach(device -> opened.add(device.kind(), device.name(), device.options()));
    }

    private static GuestDevices opened(Optional<Devices> all, GuestPartition partition, GuestMemory memory, int vps) {
        Devices found = all.orElseThrow(() -> new IllegalArgumentException(
                "this guest is to have a VMBus, and nothing that runs has one: deploy hv.devices and hv.vmbus"));
        try {
            return found.open(partition, memory, vps);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("this guest cannot have a VMBus: " + e.getMessage(), e);
        }
    }

    /**
     * Returns when nothing touches the guest.
     *
     * @param otherwise done if that cannot be had of a bus that was not paused before, which then goes on
     */
    void pause(Runnable otherwise) {
        try {
            hold();
        } catch (Throwable e) {
            // Not while this is locked: a reset may be waiting for it, and what is to be done for the reset.
            if (!isPaused()) {
                otherwise.run();
            }
            throw e;
        }
    }

    private synchronized void hold() {
        boolean wasPaused = isPaused;
        isPaused = true;
        try {
            devices.ifPresent(GuestDevices::pause);
        } catch (Throwable e) {
            isPaused = wasPaused;
            goOn();
            throw e;
        }
    }

    private synchronized boolean isPaused() {
        return isPaused;
    }

    synchronized void resume() {
        isPaused = false;
        goOn();
    }

    /** Before the guest's RAM is cleared: what is open ends, and nothing touches that RAM from here on. */
    synchronized void beginReset() {
        isResetting = true;
        try {
            devices.ifPresent(GuestDevices::pause);
            devices.ifPresent(GuestDevices::reset);
        } catch (Throwable e) {
            endReset();
            throw e;
        }
    }

    /** The guest is loaded again. */
    synchronized void endReset() {
        isResetting = false;
        goOn();
    }

    private void goOn() {
        if (!isPaused && !isResetting) {
            devices.ifPresent(GuestDevices::resume);
        }
    }

    /** While paused. */
    List<SavedState.Section> save() {
        return devices.map(GuestDevices::save).orElse(List.of());
    }

    /** As {@link GuestDevices#read}; refuses a bus that this machine has not got. */
    Runnable read(StateSections saved) throws StateException {
        if (devices.isPresent()) {
            if (!saved.has(GuestDevices.BUS, SavedState.PARTITION)) {
                throw new StateException(
                        "this machine has a VMBus, and the guest was saved without one: leave --vmbus and --device out");
            }
            return devices.get().read(saved);
        }
        if (saved.has(GuestDevices.BUS, SavedState.PARTITION)) {
            throw new StateException(
                    "section vmbus: the guest was saved with a VMBus, and this machine has none: give it the same devices, by --vmbus or --device");
        }
        return () -> {};
    }

    @Override
    public void close() {
        devices.ifPresent(GuestDevices::close);
    }
}
