package hv.kvm;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.CpuidTable;
import hv.api.host.GuestPartition;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * What becomes of a VM: booted, paused, saved, reset, stopped. Methods are those of {@link KvmVm}, which says what they
 * mean; they wait for each other, but for {@link #threads} and {@link #requestStop}.
 */
final class Lifecycle {
    private final VmSpec spec;
    private final IoBus bus;
    private final VmResources resources;
    private final VmEvents events;
    private final List<VcpuThread> threads = new ArrayList<>();
    private final List<PowerOnState> powerOn = new ArrayList<>();

    /** Replaced as a whole at boot, so that a kick needs no lock. */
    private volatile VcpuThread[] started = {};

    // Guarded by this object's monitor.
    private GuestPartition partition;
    private IntFunction<BootState> entry;
    private Runnable loader;
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
        states = new VmStates(resources, cpus);
        for (Vcpu vcpu : resources.vcpus) {
            powerOn.add(new PowerOnState(vcpu, cpus, resources.arena));
        }
        image.run();
        for (Vcpu vcpu : resources.vcpus) {
            powerOn.get(vcpu.index()).enter(start(vcpu));
            ApicState apic = resources.apicStates.get(vcpu.index());
            threads.add(new VcpuThread(vcpu, guest.addVp(), bus, apic, resources.arena, events));
        }
        started = threads.toArray(VcpuThread[]::new);
        order();
        threads.forEach(Thread::start);
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
        if (partition == null || stopped) {
            return;
        }
        quiesce();
        partition.reset();
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
        frozen = false;
        order();
    }

    SavedState save() {
        awaitReleased();
        synchronized (this) {
            requirePaused();
            freeze();
            for (VcpuThread thread : threads) {
                if (thread.hasFailed()) {
                    throw new IllegalStateException("VP %d has failed, and its state is not known"
                            .formatted(thread.vcpu().index()));
                }
            }
            return states.read(threads).saved();
        }
    }

    void restore(SavedState saved) throws StateException {
        awaitReleased();
        synchronized (this) {
            requirePaused();
            VmState wanted = VmState.of(
                    saved,
                    cpus.sizes(),
                    powerOn.stream().map(PowerOnState::state).toList());
            freeze();
            Optional<String> refused = states.replace(wanted, threads);
            if (refused.isPresent()) {
                throw new StateException(refused.get());
            }
        }
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

    private void freeze() {
        frozen = true;
        quiesce();
    }

    /** Any thread, also a VP's; does not wait. */
    void requestStop() {
        for (VcpuThread thread : started) {
            thread.order(Parking.Order.STOP);
        }
    }

    synchronized void stop() {
        stopped = true;
        events.close();
        requestStop();
        threads.forEach(VcpuThread::awaitEnd);
    }

    synchronized void close() {
        stop();
        resources.close();
    }
}
