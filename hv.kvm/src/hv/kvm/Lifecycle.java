package hv.kvm;

import hv.api.CpuidTable;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.GuestPartition;
import hv.api.machine.BootState;
import hv.api.machine.IoBus;
import hv.kvm.abi.KvmDevice;
import hv.kvm.abi.Vcpu;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.cpuid.GuestCpuid;
import hv.kvm.error.KvmException;
import hv.kvm.interrupt.ApicState;
import hv.kvm.state.CpuState;
import hv.kvm.state.CpuStates;
import hv.kvm.state.IrqChipState;
import hv.kvm.state.PowerOnState;
import hv.kvm.state.VmState;
import hv.kvm.state.VmStates;
import hv.kvm.vcpu.Parking;
import hv.kvm.vcpu.Retries;
import hv.kvm.vcpu.VcpuThread;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * What becomes of a VM: booted, paused, saved, reset, stopped. Methods are those of {@link KvmVm}, which says what they
 * mean; they wait for each other, but for {@link #threads} and {@link #requestStop}. An order to the VPs that a method
 * gives on its way is taken back however it ends.
 */
final class Lifecycle {
    private static final System.Logger LOG = System.getLogger(Lifecycle.class.getName());

    private final VmSpec spec;
    private final IoBus bus;
    private final VmResources resources;
    private final VmEvents events;
    private final Retries retries = new Retries();
    private final List<VcpuThread> threads = new ArrayList<>();
    private final List<PowerOnState> powerOn = new ArrayList<>();

    /** Replaced as a whole at boot, so that a kick needs no lock. */
    private volatile VcpuThread[] started = {};

    /** Set once, under this object's monitor. */
    private volatile GuestPartition partition;

    // Guarded by this object's monitor.
    private IntFunction<BootState> entry;
    private Runnable loader;
    private Runnable beforeReset = () -> {};
    private IrqChipState irqChips;
    private CpuStates cpus;
    private VmStates states;
    private boolean paused;
    /** Paused, and saved or restored since: the VPs do not drain. */
    private boolean frozen;

    private boolean stopped;

    Lifecycle(VmSpec spec, IoBus bus, VmResources resources, VmEvents events) {
        this.spec = spec;
        this.bus = bus;
        this.resources = resources;
        this.events = events;
    }

    /** The VPs' threads once the VM has booted; none before. Any thread, without waiting. */
    VcpuThread[] threads() {
        return started;
    }

    synchronized void boot(GuestPartition guest, IntFunction<BootState> starts, Runnable image) {
        requireNew("a VM boots once, before it is stopped");
        partition = guest;
        entry = starts;
        loader = image;
        giveCpuid(guest.cpuid());
        irqChips = IrqChipState.read(resources.vm);
        cpus = new CpuStates(resources.device);
        states = new VmStates(resources.device, resources.vm, resources.tsc, cpus);
        for (Vcpu vcpu : resources.vcpus) {
            PowerOnState first = powerOn.isEmpty() ? null : powerOn.getFirst();
            powerOn.add(new PowerOnState(vcpu, first, cpus, resources.arena));
        }
        image.run();
        for (Vcpu vcpu : resources.vcpus) {
            powerOn.get(vcpu.index()).enter(start(vcpu));
            ApicState apic = resources.apicStates.get(vcpu.index());
            threads.add(new VcpuThread(vcpu, guest.addVp(), bus, apic, resources.arena, events, retries));
        }
        started = threads.toArray(VcpuThread[]::new);
        order();
        threads.forEach(Lifecycle::start);
    }

    private static void start(VcpuThread thread) {
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            // The JVM's word for a thread that the host does not give.
            throw new KvmException(
                    "the host gives no thread for VP %d (%s): give the guest fewer processors, or raise the limit on threads (ulimit -u)"
                            .formatted(thread.vcpu().index(), e.getMessage()),
                    e);
        }
    }

    private void requireNew(String otherwise) {
        if (partition != null || stopped) {
            throw new IllegalStateException(otherwise);
        }
    }

    private BootState start(Vcpu vcpu) {
        return entry.apply(vcpu.index());
    }

    private void giveCpuid(CpuidTable table) {
        List<CpuidEntry> supported = CpuidEntry.supported(resources.device);
        boolean tscDeadline = resources.device.extension(KvmDevice.KVM_CAP_TSC_DEADLINE_TIMER) != 0;
        for (Vcpu vcpu : resources.vcpus) {
            List<CpuidEntry> entries =
                    GuestCpuid.of(supported, table, vcpu.index(), spec.vpCount(), spec.showKvmLeaves(), tscDeadline);
            CpuidEntry.give(entries, vcpu.handle());
        }
    }

    synchronized void beforeReset(Runnable quiet) {
        requireNew("what is done before a reset is said before boot");
        beforeReset = quiet;
    }

    synchronized MemorySegment addHiddenMemory(long gpa, long bytes) {
        requireNew("memory is added before boot");
        return resources.addHiddenMemory(gpa, bytes);
    }

    synchronized void pause() {
        paused = true;
        order();
        long deadline = System.nanoTime() + VcpuThread.SHORT_PATIENCE_NANOS;
        threads.forEach(thread -> thread.awaitOut(deadline));
    }

    synchronized void resume() {
        paused = false;
        frozen = false;
        order();
        notifyAll();
    }

    /** The order that follows from the state. */
    private void order() {
        order(frozen ? Parking.Order.QUIESCE : paused ? Parking.Order.PAUSE : Parking.Order.RUN);
    }

    private void order(Parking.Order order) {
        threads.forEach(thread -> thread.order(order));
    }

    private void quiesce() {
        order(Parking.Order.QUIESCE);
        threads.forEach(VcpuThread::awaitParked);
    }

    synchronized void reset() {
        awaitWritten();
        if (partition == null || stopped) {
            return;
        }
        try {
            quiesce();
            beforeReset.run();
            resetPartition();
            bootAnew();
            frozen = false;
        } finally {
            order();
        }
    }

    /** A guest that has lost its memory and has not got it back does not run on. */
    private void bootAnew() {
        try {
            load();
        } catch (Throwable e) {
            threads.forEach(VcpuThread::giveUp);
            boolean isTold = e instanceof RuntimeException && e.getMessage() != null;
            events.broken(0, "reset failed: " + (isTold ? e.getMessage() : VmEvents.describe(e)));
            throw e;
        }
    }

    /**
     * A guest that resets itself while somebody saves or replaces its state is reset when that is done. Whoever does it
     * is not on the thread of the events, and ends with {@link #resume} or {@link #stop}.
     */
    private void awaitWritten() {
        boolean interrupted = false;
        while (frozen && !stopped && events.isTeller()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a bundle does not manage to reset is that bundle's to tell; the guest boots anew. */
    private void resetPartition() {
        try {
            partition.reset();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "the partition was not reset as a whole: " + VmEvents.describe(e));
            LOG.log(System.Logger.Level.DEBUG, "reset of a partition", e);
        }
    }

    /** As at power-on, while every VP is parked. */
    private void load() {
        resources.memory.clear();
        loader.run();
        threads.forEach(thread -> thread.vcpu().abandonExit());
        OptionalInt refused = irqChips.write(resources.vm);
        if (refused.isPresent()) {
            throw new KvmException(
                    "KVM does not take interrupt controller %d as it was at the start".formatted(refused.getAsInt()));
        }
        for (Vcpu vcpu : resources.vcpus) {
            powerOn.get(vcpu.index()).restore(start(vcpu));
        }
        threads.forEach(VcpuThread::revive);
    }

    SavedState save() {
        while (true) {
            awaitReleased();
            synchronized (this) {
                if (freeze()) {
                    return read();
                }
            }
        }
    }

    private SavedState read() {
        for (VcpuThread thread : threads) {
            if (thread.hasFailed()) {
                throw new IllegalStateException("VP %d has failed, and its state is not known"
                        .formatted(thread.vcpu().index()));
            }
        }
        return states.read(threads).saved();
    }

    void restore(SavedState saved) throws StateException {
        while (true) {
            awaitReleased();
            synchronized (this) {
                requirePaused();
                VmState wanted = VmState.of(saved, cpus.sizes(), startStates());
                if (freeze()) {
                    Optional<String> refused = states.replace(wanted, threads);
                    if (refused.isPresent()) {
                        throw new StateException(refused.get());
                    }
                    return;
                }
            }
        }
    }

    private List<CpuState> startStates() {
        return powerOn.stream().map(PowerOnState::state).toList();
    }

    /** A VP that has asked for a reset, say, is not saved before it was reset. */
    private void awaitReleased() {
        if (!events.isTeller()) {
            for (VcpuThread thread : started) {
                thread.awaitReleased();
            }
        }
    }

    private void requirePaused() {
        if (!paused || stopped || partition == null) {
            throw new IllegalStateException("a VM is saved and restored while it is paused");
        }
    }

    /**
     * Has no VP do anything from now on.
     *
     * @return false if one has asked for something on its way here, which is to be done first; then they are paused as
     *     before
     */
    private boolean freeze() {
        requirePaused();
        boolean wasFrozen = frozen;
        frozen = true;
        try {
            quiesce();
            frozen = events.isTeller() || threads.stream().noneMatch(VcpuThread::isHeld);
            return frozen;
        } catch (Throwable e) {
            frozen = wasFrozen;
            throw e;
        } finally {
            order();
        }
    }

    /** Any thread, also a VP's; does not wait. */
    void requestStop() {
        for (VcpuThread thread : started) {
            thread.order(Parking.Order.STOP);
        }
        GuestPartition guest = partition;
        if (guest != null) {
            // A VP that waits for the successor of an enlightenment comes to no order.
            guest.stopping();
        }
    }

    synchronized void stop() {
        long patienceNanos = stopped ? VcpuThread.SHORT_PATIENCE_NANOS : VcpuThread.PATIENCE_NANOS;
        stopped = true;
        notifyAll();
        events.close();
        retries.close();
        requestStop();
        threads.forEach(thread -> thread.awaitEnd(patienceNanos));
    }

    synchronized void close() {
        stop();
        resources.close();
    }
}
