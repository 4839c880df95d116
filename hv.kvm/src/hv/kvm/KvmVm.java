package hv.kvm;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.LocalApic;
import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.VpSet;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.machine.BootState;
import hv.api.machine.IoBus;
import hv.kvm.error.KvmException;
import hv.kvm.vcpu.Exits;
import hv.kvm.vcpu.VcpuThread;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A virtual machine on {@code /dev/kvm}: RAM, virtual CPUs with KVM's interrupt controllers, a thread for each, and the
 * partition that answers their synthetic MSRs and hypercalls.
 *
 * <p>Order of life: {@link #open}; {@code hypervisor.create(flags, vm)}; {@link #boot}; any of {@link #pause}, {@link
 * #save}, {@link #restore}, {@link #resume}, {@link #reset}; {@link #stop}; {@code partition.close()}; {@link #close}.
 * Methods of {@link Host} are for the partition; the others may be called from any thread but a VP's, also from the
 * {@link VmListener}, and wait for each other.
 *
 * <p>What runs where: one thread per VP ({@link VcpuThread}) and one for the listener. A VP's own state is touched by
 * its thread, or by another while that thread is parked.
 */
public final class KvmVm implements Host, AutoCloseable {
    private final VmResources resources;
    private final VmEvents events;
    private final Lifecycle life;

    private KvmVm(VmSpec spec, IoBus bus, VmListener listener) {
        this.resources = new VmResources(spec, this::endOfInterrupt);
        this.events = new VmEvents(listener);
        this.life = new Lifecycle(spec, bus, resources, events);
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
     * As {@link #boot(GuestPartition, BootState, Runnable)}, with a start of its own for each VP: for a guest that has
     * no firmware and no code below 1 MiB, where a SIPI would have to start.
     *
     * @param starts gives the state for the index of a VP; {@code null} has it wait for INIT and SIPI. Called now and
     *     at every reset
     */
    public void boot(GuestPartition guest, IntFunction<BootState> starts, Runnable image) {
        life.boot(guest, starts, image);
    }

    /**
     * Something that is done at each {@link #reset} while every VP is parked, before the partition is reset and memory
     * is cleared: for those who touch guest memory on threads of their own. If it throws, there is no reset. Before
     * boot.
     */
    public void beforeReset(Runnable quiet) {
        life.beforeReset(quiet);
    }

    /**
     * Adds RAM that the guest's CPUs have and its partition does not: {@link #memory} leaves it out, so the partition
     * treats its addresses as unmapped. For code that is not to be seen as part of the guest. At most once, before
     * boot; a reset leaves its contents alone.
     *
     * @param gpa a multiple of 4096 from the end of RAM to 0xE0000000 less {@code bytes}
     * @param bytes a multiple of 4096
     * @return the memory, until the VM is closed
     * @throws KvmException if KVM refuses it
     */
    public MemorySegment addHiddenMemory(long gpa, long bytes) {
        return life.addHiddenMemory(gpa, bytes);
    }

    /**
     * Takes every VP out of the guest and keeps it out; what others ask of a VP is still done. Returns when all are
     * out; one may still be inside its partition then, if it stays there for long. Before boot: the guest does not run
     * until {@link #resume}.
     *
     * @throws KvmException if a VP does not come out
     */
    public void pause() {
        life.pause();
    }

    /** Ends {@link #pause}. */
    public void resume() {
        life.resume();
    }

    /**
     * Resets the machine: all VPs out of the guest, the partition reset, memory cleared and the image loaded again,
     * registers and interrupt controllers as after power-on. Then it runs, or stays paused if it was. Without effect
     * before boot and after {@link #stop}.
     */
    public void reset() {
        life.reset();
    }

    /**
     * The processors, their APICs, the interrupt controllers and the guest's TSC; RAM and the partition's state are for
     * the caller to keep. From here until {@link #resume} or {@link #reset} the VPs do not enter their partition
     * either, so that the three belong together.
     *
     * @return sections {@code tsc}, {@code clock}, {@code pic}, {@code ioapic}, and for each VP {@code cpu}, {@code
     *     apic} and {@code msr}
     * @throws IllegalStateException if the VM is not paused, has not booted or is stopped, or if a VP has failed
     */
    public SavedState save() {
        return life.save();
    }

    /**
     * Takes what {@link #save} gave, of this VM or of one with as many VPs and the same CPUID leaves. All or nothing.
     * The guest's TSC goes on from the saved value; where KVM cannot set what RDTSC reads, as one without hardware, it
     * goes on with the host's, and a value ahead of that is refused. Then the caller fills RAM and restores the
     * partition, and {@link #resume}s; until then the VPs do not enter their partition.
     *
     * @throws StateException with one line that says which section is bad; nothing has changed
     * @throws IllegalStateException if the VM is not paused, has not booted or is stopped
     * @throws KvmException if KVM fails in a way that leaves the VM unusable
     */
    public void restore(SavedState state) throws StateException {
        life.restore(state);
    }

    /**
     * Has every VP leave the guest for good, without waiting for it: for a device that ends the machine. Also on a VP's
     * thread.
     */
    public void requestStop() {
        life.requestStop();
    }

    /**
     * Ends every VP's thread and waits for that. Afterwards the partition can be closed; this host still works for it.
     *
     * @throws KvmException if a VP does not come back from a handler
     */
    public void stop() {
        life.stop();
    }

    /**
     * As {@link #stop}, then gives everything back: files are closed, maps undone, also after failures. Idempotent.
     *
     * @throws KvmException if a VP does not come back from a handler; then its memory stays mapped
     */
    @Override
    public void close() {
        life.close();
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
        VcpuThread[] all = life.threads();
        if (vp < all.length) {
            all[vp].kick();
        }
    }

    @Override
    public void interrupt(int vp, int vector) {
        resources.msis.send(vp, vector);
    }

    /**
     * Sets the level of a line from a device to the board's interrupt controllers (two 8259A and an I/O APIC). A device
     * keeps its line high as long as it has a cause; for one that the guest has programmed as edge-triggered, as ISA
     * interrupts are, the change to high is the interrupt. Levels are no part of what {@link #save} keeps: after {@link
     * #restore} each device sets its line again. Any thread until {@link #close}; allocates nothing and does not wait.
     *
     * @param gsi global system interrupt, 0 to 23; below 16 the ISA interrupt of that number
     * @throws IndexOutOfBoundsException if there is no such line
     */
    public void interruptLine(int gsi, boolean high) {
        resources.lines.set(gsi, high);
    }

    @Override
    public void interruptAutoEoi(int vp, int vector) {
        VcpuThread[] all = life.threads();
        if (vp < all.length) {
            all[vp].interruptAutoEoi(vector);
        }
    }

    @Override
    public boolean flushTlb(int caller, VpSet targets) {
        VcpuThread[] all = life.threads();
        return all[caller].flushRound().run(all, targets);
    }

    @Override
    public long vpRunTime100ns(int vp) {
        VcpuThread[] all = life.threads();
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
            events.tell(listener -> listener.power(event), () -> caller.release(hold));
        } else {
            events.tell(listener -> listener.power(event), () -> {});
        }
    }

    /**
     * Has the VP on whose thread this is called wait before it enters the guest again: for a device that takes no more
     * for the moment. It waits at its safe point, where it is paused, saved, reset and stopped, and does what others
     * ask of it, as if it ran.
     *
     * @return ends the wait; any thread, any time. Without effect on a thread that is no VP's
     */
    public Runnable stall() {
        if (Thread.currentThread() instanceof VcpuThread caller) {
            long stall = caller.stall();
            return () -> caller.goOn(stall);
        }
        return () -> {};
    }

    /** The index of the VP on whose thread this is called, for a device that has to name it; 0 on another thread. */
    public int currentVp() {
        return Thread.currentThread() instanceof VcpuThread thread
                ? thread.vcpu().index()
                : 0;
    }

    private void endOfInterrupt(int vp, int vector) {
        life.threads()[vp].endOfInterrupt(vector);
    }
}
