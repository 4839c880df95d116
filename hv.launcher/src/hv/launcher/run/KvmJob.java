package hv.launcher.run;

import hv.api.Flags;
import hv.api.device.Devices;
import hv.api.host.ConfigurationException;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import hv.guest.GuestProgram;
import hv.kvm.error.KvmException;
import hv.launcher.options.RunOptions;
import hv.machine.CrashAction;
import hv.machine.Machine;
import hv.machine.MachineResult;
import hv.machine.MachineSpec;
import hv.machine.boot.GuestFile;
import hv.machine.boot.ImageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/** A guest on the CPUs of KVM: our own, or the user's kernel. */
final class KvmJob implements Job {
    private static final int FAILED = 1;
    private static final int MOST_STATUS = 255;

    private final Hypervisor hypervisor;
    private final Optional<Devices> devices;
    private final MachineSpec spec;
    private final boolean takesInput;
    private Machine machine;
    private final Object lock = new Object();
    private boolean isStopped;

    private KvmJob(Hypervisor hypervisor, Optional<Devices> devices, MachineSpec spec, boolean takesInput) {
        this.hypervisor = hypervisor;
        this.devices = devices;
        this.spec = spec;
        this.takesInput = takesInput;
    }

    /** For our own guest, which reads no input. */
    static KvmJob of(
            Hypervisor hypervisor,
            Optional<Devices> devices,
            Flags flags,
            GuestProgram program,
            RunOptions options,
            OutputStream serial) {
        MachineSpec spec = spec(
                flags, GuestFile.of(program.kernel()), "hv-guest", GuestFile.of(program.module()), options, serial);
        // What a snapshot holds may be another guest.
        boolean takesInput = options.restore().isPresent() && !options.console();
        return new KvmJob(hypervisor, devices, withBus(spec, options, devices), takesInput);
    }

    /**
     * For a kernel of the user's.
     *
     * @throws IOException if a file cannot be read
     */
    static KvmJob of(
            Hypervisor hypervisor,
            Optional<Devices> devices,
            Flags flags,
            Path kernel,
            RunOptions options,
            OutputStream serial)
            throws IOException {
        GuestFile initrd =
                options.initrd().isPresent() ? GuestFile.map(options.initrd().get()) : GuestFile.of();
        MachineSpec spec = spec(flags, GuestFile.map(kernel), Shown.file(kernel), initrd, options, serial);
        return new KvmJob(hypervisor, devices, withBus(spec, options, devices), !options.console());
    }

    private static MachineSpec withBus(MachineSpec spec, RunOptions options, Optional<Devices> devices) {
        return BusWish.of(options, devices).map(spec::withBus).orElse(spec);
    }

    private static MachineSpec spec(
            Flags flags, GuestFile image, String name, GuestFile module, RunOptions options, OutputStream serial) {
        MachineSpec spec = new MachineSpec(
                flags,
                options.smp(),
                options.memoryBytes(),
                image,
                name,
                module,
                options.append(),
                serial,
                CrashAction.valueOf(options.onCrash().name()));
        return options.hasTestDevice() ? spec.withTestDevice() : spec;
    }

    @Override
    public int run(Attendant attendant) throws UnavailableException, ConfigurationException {
        MachineResult result;
        try (Machine started = start()) {
            if (started == null) {
                return FAILED;
            }
            try (Attendance _ = attendant.attend(started);
                    GuestInput input = input(started)) {
                input.start();
                started.resume();
                attendant.entered();
                result = started.await();
            }
        } catch (ImageException | KvmException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return status(result);
    }

    private GuestInput input(Machine started) {
        StandardInput kind = takesInput ? StandardInput.find() : StandardInput.NONE;
        RawTerminal terminal = new RawTerminal(Stty::system);
        return new GuestInput(kind, System.in, terminal, new SerialLine(started), started::stop);
    }

    /** Where input goes. */
    private record SerialLine(Machine machine) implements GuestInput.Port {
        @Override
        public boolean send(byte value) throws InterruptedException {
            return machine.sendSerial(value);
        }

        @Override
        public boolean offer(byte value) {
            return machine.offerSerial(value);
        }
    }

    private Machine start() throws UnavailableException, ImageException, ConfigurationException {
        synchronized (lock) {
            if (!isStopped) {
                machine = paused();
            }
            return machine;
        }
    }

    private Machine paused() throws UnavailableException, ImageException, ConfigurationException {
        try {
            return Machine.startPaused(hypervisor, devices, spec);
        } catch (KvmException e) {
            throw new UnavailableException(e);
        }
    }

    @Override
    public void stop() {
        synchronized (lock) {
            isStopped = true;
            if (machine != null) {
                machine.stop();
            }
        }
    }

    /** 0 if the guest succeeded, or its code; what an exit status cannot carry becomes 1, so that only success is 0. */
    private static int status(MachineResult result) {
        if (result.end() == MachineResult.End.EXITED) {
            int code = result.code();
            return code == 0 || code > 0 && code <= MOST_STATUS ? code : FAILED;
        }
        if (result.end() != MachineResult.End.STOPPED) {
            System.err.println("hv: " + result.line());
        }
        return result.isSuccess() ? 0 : FAILED;
    }
}
