package hv.machine;

import hv.api.GuestMemory;
import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.device.Devices;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestMachine;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.machine.StateSections;
import hv.api.synic.SynicPorts;
import hv.kvm.KvmVm;
import hv.kvm.VmSpec;
import hv.kvm.error.KvmException;
import hv.machine.MachineResult.End;
import hv.machine.acpi.EntropyTable;
import hv.machine.boot.DamagedImageException;
import hv.machine.boot.Image;
import hv.machine.boot.ImageException;
import hv.machine.boot.ImageReader;
import hv.machine.device.Board;
import hv.machine.device.CmosRtc;
import hv.machine.device.DebugExit;
import hv.machine.device.FirmwareConfig;
import hv.machine.device.PortDevice;
import hv.machine.device.ResetPort;
import hv.machine.device.SavedDevice;
import hv.machine.device.SerialOutput;
import hv.machine.device.SerialPort;
import hv.machine.device.SleepControl;
import hv.machine.device.SynicTestDevice;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A guest on a bare machine: CPUs of KVM, a partition for its enlightenments, RAM, and the devices that kernels and
 * small payloads want (serial port, real-time clock, sleep control, reset ports, debug exit, fw_cfg).
 *
 * <p>{@link #run} does it all. Who wants to look at a running guest, or stop it, calls {@link #start} and keeps the
 * machine. The run ends when the guest powers the machine off, writes to the debug exit port (0xF4), shuts down, keeps
 * resetting itself, or is stopped. Any thread but a VP's.
 *
 * <p>A paused machine can be saved, and restored in place or as another one that was made by {@link #startPaused} with
 * the same number of VPs, as much memory and the same flags. {@link #save} comes before the partition's, and {@link
 * #restore} before RAM is filled and the partition restored: from there to {@link #resume} no VP does anything, so the
 * three belong together.
 */
public final class Machine implements GuestMachine, AutoCloseable {
    private final MachineSpec spec;
    private final Image image;
    private final SerialOutput serialOutput;
    private final SerialPort serial;
    private final MachineState state;
    private final KvmVm vm;
    private final GuestPartition partition;
    private final MachineBus bus;
    private final ResetLimit resets = new ResetLimit(System::nanoTime);
    private final CompletableFuture<MachineResult> result = new CompletableFuture<>();

    /** Until the guest goes on; guarded by this object's monitor. */
    private boolean isRestored;

    private Machine(Hypervisor hypervisor, Optional<Devices> devices, MachineSpec spec, Image image)
            throws ConfigurationException {
        this.spec = spec;
        this.image = image;
        this.serialOutput = new SerialOutput(spec.serial());
        this.serial = new SerialPort(serialOutput, this::serialInterrupt, this::stall);
        CmosRtc clock = new CmosRtc(InstantSource.system());
        FirmwareConfig firmware = new FirmwareConfig(spec.vps(), spec.memoryBytes());
        List<SavedDevice> saved = new ArrayList<>(List.of(serial, clock, firmware));
        List<PortDevice> ports = new ArrayList<>(List.of(
                serial,
                clock,
                new SleepControl(() -> end(End.POWERED_OFF, 0, "guest powered off")),
                new DebugExit(this::exited),
                firmware,
                new ResetPort(ResetPort.KEYBOARD, this::resetByDevice),
                new ResetPort(ResetPort.CHIPSET, this::resetByDevice)));
        if (spec.testDevice()) {
            SynicTestDevice testDevice = new SynicTestDevice(this::controller);
            saved.add(testDevice);
            ports.add(testDevice);
        }
        this.state = new MachineState(spec.vps(), spec.memoryBytes(), saved);
        Board board = new Board(ports);
        PowerPolicy policy = new PowerPolicy(spec.onCrash(), resets, this::resetVm, this::end);
        this.vm = KvmVm.open(VmSpec.of(spec.memoryBytes(), spec.vps()), board, policy);
        try {
            this.partition = hypervisor.create(spec.flags(), vm);
            this.bus = MachineBus.open(spec.bus(), devices, partition, vm.memory(), spec.vps());
        } catch (Throwable e) {
            vm.close();
            throw e;
        }
    }

    /**
     * Runs a guest to its end.
     *
     * @throws IllegalArgumentException if the JVM's heap is too small for so many VPs, in one line that says what to
     *     give
     * @throws ImageException if the image cannot be booted; nothing was started
     * @throws ConfigurationException if the flags cannot be given; names every problem
     * @throws KvmException if KVM cannot be used, in one line that says what to do
     */
    public static MachineResult run(Hypervisor hypervisor, MachineSpec spec)
            throws ImageException, ConfigurationException {
        try (Machine machine = start(hypervisor, spec)) {
            return machine.await();
        }
    }

    /** Starts a guest and returns while it runs. Errors as for {@link #run}. */
    public static Machine start(Hypervisor hypervisor, MachineSpec spec) throws ImageException, ConfigurationException {
        Machine machine = startPaused(hypervisor, spec);
        machine.resume();
        return machine;
    }

    /**
     * As {@link #start}, with the guest in front of its first instruction until {@link #resume}. Errors as for {@link
     * #run}.
     */
    public static Machine startPaused(Hypervisor hypervisor, MachineSpec spec)
            throws ImageException, ConfigurationException {
        return startPaused(hypervisor, Optional.empty(), spec);
    }

    /**
     * As the other {@code startPaused}, for a guest that may be wanted with a VMBus.
     *
     * @param devices where its devices come from; needed only if {@link MachineSpec#bus} is there
     * @throws IllegalArgumentException also if the bus or one of its devices cannot be had, in one line that says why
     */
    public static Machine startPaused(Hypervisor hypervisor, Optional<Devices> devices, MachineSpec spec)
            throws ImageException, ConfigurationException {
        HeapNeed.check(spec.vps(), Runtime.getRuntime().maxMemory());
        Image image = ImageReader.read(spec.boot(Entropy::fill));
        Machine machine = new Machine(hypervisor, devices, spec, image);
        try {
            machine.pause();
            machine.boot();
            return machine;
        } catch (DamagedImageException e) {
            machine.close();
            throw e.reason();
        } catch (Throwable e) {
            machine.close();
            throw e;
        }
    }

    /** The devices are reset with the image, while every VP is stopped. */
    private void boot() {
        vm.beforeReset(bus::beginReset);
        vm.boot(partition, image.start(), () -> {
            state.reset();
            load();
            bus.endReset();
        });
    }

    private void load() {
        try {
            image.load(vm.memory());
        } catch (InternalError e) {
            // The JVM's word for a mapped file that has become shorter.
            throw new DamagedImageException(new ImageException(
                    spec.imageName(), "it, or the module, became shorter while it was read: start the guest again"));
        }
    }

    private void serialInterrupt(boolean high) {
        vm.interruptLine(SerialPort.COM1_GSI, high);
    }

    private Runnable stall() {
        return vm.stall();
    }

    private Optional<SynicPorts> controller() {
        return partition.service("synic", SynicPorts.class);
    }

    /**
     * Waits for the end of the run, and until what the guest has said is written: also for a reader who takes his time,
     * unless the machine is stopped. Interrupting the waiting thread stops the guest.
     */
    public MachineResult await() {
        try {
            MachineResult ended = result.get();
            serialOutput.finish();
            return ended;
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            return result.join();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public GuestPartition partition() {
        return partition;
    }

    /** {@inheritDoc} What exceeds 3 GiB lies from 4 GiB; between the two is no RAM. */
    @Override
    public GuestMemory memory() {
        return vm.memory();
    }

    @Override
    public long memoryBytes() {
        return spec.memoryBytes();
    }

    /**
     * Sends a byte to the guest's first serial port. It waits on the line until the guest has opened the port (RTS) and
     * reads; 4096 can wait, and then this call does.
     *
     * @return false, and the byte is lost, when this machine is closed
     */
    public boolean sendSerial(byte value) throws InterruptedException {
        return serial.receive(Byte.toUnsignedInt(value));
    }

    /** As {@link #sendSerial} without waiting: false, and the byte is lost, also when 4096 wait already. */
    public boolean offerSerial(byte value) {
        return serial.offer(Byte.toUnsignedInt(value));
    }

    /** Whether the run goes on. */
    public boolean isRunning() {
        return !result.isDone();
    }

    /** {@inheritDoc} What the guest has said is written when this returns, if somebody reads it. */
    @Override
    public synchronized void pause() {
        vm.pause();
        bus.pause(vm::resume);
        serialOutput.settle();
    }

    @Override
    public synchronized void resume() {
        if (isRestored) {
            isRestored = false;
            EntropyTable.renew(vm.memory(), Entropy::fill);
        }
        bus.resume();
        vm.resume();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if a file that the guest is loaded from has changed since the start; nothing has
     *     been done
     */
    @Override
    public synchronized void reset() {
        resetVm();
    }

    /**
     * {@inheritDoc} Besides the sections of {@link KvmVm#save} there are {@code machine} (its size), {@code uart},
     * {@code cmos} and {@code fwcfg}, with the test device {@code testdev}, and with a VMBus {@code vmbus} and one for
     * each of its devices. Bytes that wait on the serial line are the host's and are not saved.
     *
     * @throws IllegalStateException if it is not paused, its run has ended, or a VP has failed
     */
    @Override
    public synchronized SavedState save() {
        requireRun();
        // The VPs first: from then on none of them gives the bus anything.
        SavedState processors = vm.save();
        return state.with(processors, bus.save());
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if it is not paused, or its run has ended
     */
    @Override
    public synchronized void restore(SavedState saved) throws StateException {
        requireRun();
        StateSections sections = new StateSections(saved);
        Runnable devices = state.read(sections);
        Runnable onBus = bus.read(sections);
        vm.restore(sections.rest());
        devices.run();
        onBus.run();
        isRestored = true;
    }

    private void requireRun() {
        if (result.isDone()) {
            throw new IllegalStateException("the run of this guest has ended");
        }
    }

    /** Ends the run, and the wait for those who do not read what the guest has said. */
    public void stop() {
        end(End.STOPPED, 0, "stopped from outside");
        serialOutput.abandon();
    }

    /**
     * Stops the guest if it runs, and gives everything back. Idempotent.
     *
     * @throws KvmException if a VP does not come back from a handler; then its memory stays mapped
     */
    @Override
    public void close() {
        stop();
        try (serialOutput;
                vm;
                partition;
                bus;
                serial) {
            vm.stop();
        }
    }

    private void exited(int code) {
        end(End.EXITED, code, "guest exited with code " + code);
    }

    /** Also on VP threads: only asks them to stop. The first reason counts. */
    private void end(End end, int code, String line) {
        if (result.complete(new MachineResult(end, code, resets.count(), line))) {
            vm.requestStop();
        }
    }

    /** Not {@link #reset}, which would wait for somebody who saves and waits for this. */
    private void resetVm() {
        spec.requireUnchanged();
        vm.reset();
    }

    /** On a VP's thread, in the middle of an OUT. */
    private void resetByDevice() {
        vm.power(new PowerEvent.Reset(vm.currentVp()));
    }
}
