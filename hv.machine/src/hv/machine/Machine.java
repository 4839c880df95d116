package hv.machine;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.host.PowerEvent;
import hv.api.synic.SynicPorts;
import hv.kvm.KvmException;
import hv.kvm.KvmVm;
import hv.kvm.VmListener;
import hv.kvm.VmSpec;
import hv.machine.MachineResult.End;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A guest on a bare machine: CPUs of KVM, a partition for its enlightenments, RAM, and the devices that test kernels
 * and small payloads want (serial port, debug exit, fw_cfg, reset ports).
 *
 * <p>{@link #run} does it all. Who wants to look at a running guest, or stop it, calls {@link #start} and keeps the
 * machine. The run ends when the guest writes to the debug exit port (0xF4), shuts down, keeps resetting itself, or is
 * stopped. Any thread.
 */
public final class Machine implements AutoCloseable {
    private final MachineSpec spec;
    private final Image image;
    private final Uart16550 serial;
    private final SynicTestDevice testDevice;
    private final KvmVm vm;
    private final GuestPartition partition;
    private final ResetLimit resets = new ResetLimit(System::nanoTime);
    private final CompletableFuture<MachineResult> result = new CompletableFuture<>();

    private Machine(Hypervisor hypervisor, MachineSpec spec, Image image) throws ConfigurationException {
        this.spec = spec;
        this.image = image;
        this.serial = new Uart16550(spec.serial());
        this.testDevice = new SynicTestDevice(this::controller);
        Board board = new Board(List.of(
                serial,
                testDevice,
                new DebugExit(this::exited),
                new FirmwareConfig(spec.vps(), spec.memoryBytes()),
                new ResetPort(ResetPort.KEYBOARD, this::resetByDevice),
                new ResetPort(ResetPort.CHIPSET, this::resetByDevice)));
        this.vm = KvmVm.open(VmSpec.of(spec.memoryBytes(), spec.vps()), board, new Listener());
        try {
            this.partition = hypervisor.create(spec.flags(), vm);
        } catch (ConfigurationException | RuntimeException e) {
            vm.close();
            throw e;
        }
    }

    /**
     * Runs a guest to its end.
     *
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
        Machine machine = new Machine(hypervisor, spec, Image.read(spec));
        try {
            machine.boot();
            return machine;
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    private void boot() {
        vm.boot(partition, image.start(), () -> image.load(vm.memory()));
    }

    private Optional<SynicPorts> controller() {
        return partition.service("synic", SynicPorts.class);
    }

    /** Waits for the end of the run. Interrupting the waiting thread stops the guest. */
    public MachineResult await() {
        try {
            return result.get();
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            return result.join();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The guest's partition, for inspection while it runs. */
    public GuestPartition partition() {
        return partition;
    }

    /** Whether the run goes on. */
    public boolean isRunning() {
        return !result.isDone();
    }

    /** Takes all VPs out of the guest until {@link #resume}. */
    public void pause() {
        vm.pause();
    }

    /** Ends {@link #pause}. */
    public void resume() {
        vm.resume();
    }

    /** Resets the guest: it boots anew. */
    public void reset() {
        serial.reset();
        testDevice.reset();
        vm.reset();
    }

    /** Ends the run. */
    public void stop() {
        end(End.STOPPED, 0, "stopped from outside");
    }

    /** Stops the guest if it runs, and gives everything back. Idempotent. */
    @Override
    public void close() {
        stop();
        vm.stop();
        partition.close();
        vm.close();
        serial.flush();
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

    /** On a VP's thread, in the middle of an OUT. */
    private void resetByDevice() {
        vm.power(new PowerEvent.Reset(vm.currentVp()));
    }

    private void resetByGuest() {
        if (resets.admit()) {
            reset();
        } else {
            end(End.RESET_LOOP, 0, "guest reset itself more than %d times within a minute".formatted(ResetLimit.MOST));
        }
    }

    /** Hears of the VM, on its event thread. */
    private final class Listener implements VmListener {
        @Override
        public void power(PowerEvent event) {
            try {
                switch (event) {
                    case PowerEvent.Reset reset -> resetByGuest();
                    case PowerEvent.Crash crash -> crashed(crash);
                }
            } catch (RuntimeException e) {
                end(End.FAILED, 0, "reset failed: " + e.getMessage());
            }
        }

        private void crashed(PowerEvent.Crash crash) {
            switch (spec.onCrash()) {
                case CONTINUE -> {}
                case STOP ->
                    end(End.CRASHED, 0, "guest crashed " + crash.report().parameters());
                case RESET -> resetByGuest();
            }
        }

        @Override
        public void shutdown(int vp) {
            end(End.SHUTDOWN, 0, "VP %d shut down (triple fault)".formatted(vp));
        }

        @Override
        public void failed(int vp, String line) {
            end(End.FAILED, 0, line);
        }
    }
}
