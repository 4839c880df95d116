package hv.kvm;

import hv.api.GuestMemory;
import hv.api.VpSet;
import hv.api.host.CpuidTable;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.HostFacts;
import hv.api.host.LocalApic;
import hv.api.host.PowerEvent;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * A virtual machine on {@code /dev/kvm}: RAM, virtual CPUs with KVM's interrupt controllers, a thread for each, and the
 * partition that answers their synthetic MSRs and hypercalls.
 *
 * <p>Order of life: {@link #open}; {@code hypervisor.create(flags, vm)}; {@link #boot}; any of {@link #pause}, {@link
 * #resume}, {@link #reset}; {@link #stop}; {@code partition.close()}; {@link #close}. Methods of {@link Host} are for
 * the partition; the others may be called from any thread but a VP's, also from the {@link VmListener}, and wait for
 * each other.
 *
 * <p>What runs where: one thread per VP ({@link VcpuThread}) and one for the listener. A VP's own state is touched by
 * its thread, or by another while that thread is parked.
 */
public final class KvmVm implements Host, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KvmVm.class.getName());

    private static final long RETRY_MICROS = 100;

    private final VmSpec spec;
    private final IoBus bus;
    private final VmListener listener;
    private final VmResources resources;
    private final ExecutorService events;
    private final ScheduledExecutorService retries;
    private final List<VcpuThread> threads = new ArrayList<>();
    private final List<PowerOnState> powerOn = new ArrayList<>();
    private final Object lifecycle = new Object();

    /** Replaced as a whole at boot, so that {@link #kick} needs no lock. */
    private volatile VcpuThread[] kickable = {};

    // Guarded by lifecycle.
    private GuestPartition partition;
    private IntFunction<BootState> entry;
    private Runnable loader;
    private IrqChipState irqChips;
    private boolean paused;
    private boolean stopped;

    private KvmVm(VmSpec spec, IoBus bus, VmListener listener) {
        this.spec = spec;
        this.bus = bus;
        this.listener = listener;
        this.resources = new VmResources(spec, this::endOfInterrupt);
        this.events = Executors.newSingleThreadExecutor(
                task -> Thread.ofPlatform().daemon().name("hv-vm-events").unstarted(task));
        this.retries = Executors.newSingleThreadScheduledExecutor(
                task -> Thread.ofPlatform().daemon().name("hv-vm-retries").unstarted(task));
    }

    /**
     * Creates the VM: memory is mapped, vCPUs exist, nothing runs.
     *
     * @throws KvmException with one line that says what is missing and what to do; nothing is left behind
     */
    public static KvmVm open(VmSpec spec, IoBus bus, VmListener listener) {
        return new KvmVm(
                Objects.requireNonNull(spec, "spec"),
                Objects.requireNonNull(bus, "bus"),
                Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Starts the guest: adds a VP to {@code partition} for each vCPU, gives them their CPUID leaves, loads the image
     * and lets VP 0 run from {@code start}; the other VPs wait for INIT and SIPI. Once.
     *
     * @param image writes the guest's program into memory; called now and at every reset, when memory is all zeros
     * @throws KvmException if KVM refuses something
     */
    public void boot(GuestPartition guest, BootState start, Runnable image) {
        boot(guest, vp -> vp == 0 ? start : null, image);
    }

    /**
     * As {@link #boot(GuestPartition, BootState, Runnable)}, with a start of its own for each VP: for a guest that has no firmware and no
     * code below 1 MiB, where a SIPI would have to start.
     *
     * @param starts gives the state for the index of a VP; {@code null} has it wait for INIT and SIPI. Called now and at every reset
     */
    public void boot(GuestPartition guest, IntFunction<BootState> starts, Runnable image) {
        synchronized (lifecycle) {
            if (partition != null || stopped) {
                throw new IllegalStateException("a VM boots once, before it is stopped");
            }
            partition = guest;
            entry = starts;
            loader = image;
            giveCpuid(guest.cpuid());
            irqChips = new IrqChipState(resources.vm, resources.arena);
            int[] msrs = PowerOnState.msrNumbers(resources.device);
            for (Vcpu vcpu : resources.vcpus) {
                powerOn.add(new PowerOnState(vcpu, msrs, resources.arena));
            }
            image.run();
            for (Vcpu vcpu : resources.vcpus) {
                powerOn.get(vcpu.index()).enter(start(vcpu));
                ApicState apic = resources.apicStates.get(vcpu.index());
                threads.add(new VcpuThread(vcpu, guest.addVp(), bus, apic, resources.arena, new Reporter()));
            }
            kickable = threads.toArray(VcpuThread[]::new);
            threads.forEach(Thread::start);
        }
    }

    private BootState start(Vcpu vcpu) {
        return entry.apply(vcpu.index());
    }

    /**
     * Adds RAM that the guest's CPUs have and its partition does not: {@link #memory} leaves it out, so the partition takes its addresses for
     * no RAM. For code that is not to be seen as part of the guest. At most once, before boot; a reset leaves its contents alone.
     *
     * @param gpa a multiple of 4096 from the end of RAM to 0xE0000000 less {@code bytes}
     * @param bytes a multiple of 4096
     * @return the memory, until the VM is closed
     * @throws KvmException if KVM refuses it
     */
    public MemorySegment addHiddenMemory(long gpa, long bytes) {
        synchronized (lifecycle) {
            if (partition != null || stopped) {
                throw new IllegalStateException("memory is added before boot");
            }
            return resources.addHiddenMemory(gpa, bytes);
        }
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

    /**
     * Takes every VP out of the guest and keeps it out; what others ask of a VP is still done. Returns when all are
     * out.
     */
    public void pause() {
        synchronized (lifecycle) {
            paused = true;
            order(Parking.Order.PAUSE);
            threads.forEach(VcpuThread::awaitParked);
        }
    }

    /** Ends {@link #pause}. */
    public void resume() {
        synchronized (lifecycle) {
            paused = false;
            order(Parking.Order.RUN);
        }
    }

    /**
     * Resets the machine: all VPs out of the guest, the partition reset, memory cleared and the image loaded again,
     * registers and interrupt controllers as after power-on. Then it runs, or stays paused if it was. Without effect
     * before boot and after {@link #stop}.
     */
    public void reset() {
        synchronized (lifecycle) {
            if (partition == null || stopped) {
                return;
            }
            order(Parking.Order.QUIESCE);
            threads.forEach(VcpuThread::awaitParked);
            partition.reset();
            resources.memory.clear();
            loader.run();
            irqChips.restore();
            for (Vcpu vcpu : resources.vcpus) {
                powerOn.get(vcpu.index()).restore(start(vcpu));
            }
            threads.forEach(VcpuThread::revive);
            order(paused ? Parking.Order.PAUSE : Parking.Order.RUN);
        }
    }

    /**
     * Has every VP leave the guest for good, without waiting for it: for a device that ends the machine. Also on a VP's
     * thread.
     */
    public void requestStop() {
        for (VcpuThread thread : kickable) {
            thread.order(Parking.Order.STOP);
        }
    }

    private void order(Parking.Order order) {
        threads.forEach(thread -> thread.order(order));
    }

    /**
     * Ends every VP's thread and waits for that. Afterwards the partition can be closed; this host still works for it.
     *
     * @throws KvmException if a VP does not come back from a handler
     */
    public void stop() {
        synchronized (lifecycle) {
            stopped = true;
            events.shutdown();
            retries.shutdownNow();
            requestStop();
            threads.forEach(VcpuThread::awaitEnd);
        }
    }

    /**
     * As {@link #stop}, then gives everything back: files are closed, maps undone, also after failures. Idempotent.
     *
     * @throws KvmException if a VP does not come back from a handler; then its memory stays mapped
     */
    @Override
    public void close() {
        synchronized (lifecycle) {
            stop();
            resources.close();
        }
    }

    @Override
    public String name() {
        return "kvm";
    }

    @Override
    public HostFacts facts() {
        return resources.facts;
    }

    @Override
    public GuestMemory memory() {
        return resources.memory;
    }

    @Override
    public long guestTsc() {
        return resources.tsc.now();
    }

    @Override
    public byte[] hypercallPage() {
        return Exits.hypercallPage();
    }

    @Override
    public void kick(int vp) {
        VcpuThread[] all = kickable;
        if (vp < all.length) {
            all[vp].kick();
        }
    }

    @Override
    public void interrupt(int vp, int vector) {
        resources.msis.send(vp, vector);
    }

    @Override
    public void interruptAutoEoi(int vp, int vector) {
        VcpuThread[] all = kickable;
        if (vp < all.length) {
            all[vp].interruptAutoEoi(vector);
        }
    }

    @Override
    public boolean flushTlb(int caller, VpSet targets) {
        VcpuThread[] all = kickable;
        all[caller].flushRound().run(all, targets);
        return true;
    }

    @Override
    public long vpRunTime100ns(int vp) {
        VcpuThread[] all = kickable;
        return vp < all.length ? all[vp].cpuTime100ns() : 0;
    }

    @Override
    public Optional<LocalApic> apic(int vp) {
        return Optional.of(resources.apics.get(vp));
    }

    /**
     * {@inheritDoc} The VP on whose thread this is called waits, outside the guest, until the listener has returned.
     */
    @Override
    public void power(PowerEvent event) {
        if (Thread.currentThread() instanceof VcpuThread caller) {
            long hold = caller.hold();
            tell(() -> {
                try {
                    listener.power(event);
                } finally {
                    caller.release(hold);
                }
            });
        } else {
            tell(() -> listener.power(event));
        }
    }

    /** The index of the VP on whose thread this is called, for a device that has to name it; 0 on another thread. */
    public int currentVp() {
        return Thread.currentThread() instanceof VcpuThread thread
                ? thread.vcpu().index()
                : 0;
    }

    private void endOfInterrupt(int vp, int vector) {
        kickable[vp].endOfInterrupt(vector);
    }

    private void kickLater(int vp) {
        try {
            retries.schedule(() -> kick(vp), RETRY_MICROS, TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "retry in a VM that is being closed", e);
        }
    }

    private void tell(Runnable event) {
        try {
            events.execute(() -> {
                try {
                    event.run();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "the listener of a VM failed", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "event of a VM that is being closed", e);
        }
    }

    /** Brings what VP threads have to tell to the listener. */
    private final class Reporter implements VcpuThread.Observer {
        @Override
        public void shutdown(int vp) {
            tell(() -> listener.shutdown(vp));
        }

        @Override
        public void failed(int vp, Throwable cause) {
            String line = cause instanceof KvmException ? cause.getMessage() : unexpected(cause);
            LOG.log(System.Logger.Level.DEBUG, "VP " + vp + " stopped", cause);
            tell(() -> listener.failed(vp, "VP %d stopped: %s".formatted(vp, line)));
        }

        @Override
        public void retry(int vp) {
            kickLater(vp);
        }

        private static String unexpected(Throwable cause) {
            StackTraceElement[] stack = cause.getStackTrace();
            return "unexpected %s%s".formatted(cause, stack.length == 0 ? "" : " at " + stack[0]);
        }
    }
}
