package hv.soak;

import hv.api.Flags;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.guest.GuestProgram;
import hv.kvm.Kvm;
import hv.machine.CrashAction;
import hv.machine.Machine;
import hv.machine.MachineResult;
import hv.machine.MachineSpec;
import hv.machine.boot.GuestFile;
import hv.machine.boot.ImageException;
import hv.snapshot.SnapshotException;
import hv.snapshot.Snapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The guest on the CPUs of KVM. */
final class KvmSoakGuest implements SoakGuest {
    private static final long MEMORY_BYTES = 64L << 20;

    private final ByteArrayOutputStream serial = new ByteArrayOutputStream();
    private final Hypervisor hypervisor;
    private final MachineSpec spec;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Object moves = new Object();

    /** Replaced under {@link #moves}. */
    private volatile Machine machine;

    private volatile MachineResult result;

    KvmSoakGuest(Hypervisor hypervisor, GuestProgram program, SoakSpec soak, String commandLine)
            throws ConfigurationException {
        this.hypervisor = hypervisor;
        this.spec = new MachineSpec(
                hypervisor.everything(Kvm.facts()).with(Flags.ENFORCE_CPUID),
                soak.vps(),
                MEMORY_BYTES,
                GuestFile.of(program.kernel()),
                "hv-soak",
                GuestFile.of(program.module()),
                commandLine,
                serial,
                CrashAction.STOP);
        machine = newMachine();
        machine.resume();
        watch(machine);
    }

    private Machine newMachine() throws ConfigurationException {
        try {
            return Machine.startPaused(hypervisor, spec);
        } catch (ImageException e) {
            throw new IllegalStateException("our own kernel cannot be booted", e);
        }
    }

    /** The guest has ended when the machine has that it is on. */
    private void watch(Machine watched) {
        Thread.ofPlatform().daemon().name("hv-soak-guest").start(() -> {
            MachineResult end = watched.await();
            synchronized (moves) {
                if (watched == machine) {
                    result = end;
                    ended.countDown();
                }
            }
        });
    }

    @Override
    public void move(Path file, Consumer<GuestPartition> onLeft) throws IOException {
        Snapshots snapshots = new Snapshots(hypervisor);
        Machine left = machine;
        synchronized (moves) {
            try {
                snapshots.save(left, file, true, () -> {
                    onLeft.accept(left.partition());
                    left.stop();
                });
                machine = newMachine();
                snapshots.restore(machine, file);
            } catch (SnapshotException | ConfigurationException e) {
                throw new IOException(e.getMessage(), e);
            }
            watch(machine);
        }
        left.close();
    }

    @Override
    public GuestPartition partition() {
        return machine.partition();
    }

    @Override
    public Optional<Machine> machine() {
        return Optional.of(machine);
    }

    @Override
    public String report() {
        MachineResult known = result;
        String text = serial.toString(StandardCharsets.US_ASCII);
        return known == null || known.end() == MachineResult.End.EXITED ? text : text + known.line() + '\n';
    }

    @Override
    public boolean isRunning() {
        return ended.getCount() != 0;
    }

    @Override
    public boolean await(long nanos) throws InterruptedException {
        return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Keeps nothing. */
    @Override
    public void tidy() {}

    @Override
    public void close() {
        machine.close();
    }
}
