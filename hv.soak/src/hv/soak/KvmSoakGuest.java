package hv.soak;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.guest.GuestProgram;
import hv.machine.CrashAction;
import hv.machine.ImageException;
import hv.machine.Machine;
import hv.machine.MachineResult;
import hv.machine.MachineSpec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The guest on the CPUs of KVM. */
final class KvmSoakGuest implements SoakGuest {
    private static final long MEMORY_BYTES = 64L << 20;

    private final ByteArrayOutputStream serial = new ByteArrayOutputStream();
    private final Machine machine;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile MachineResult result;

    KvmSoakGuest(Hypervisor hypervisor, String flags, GuestProgram program, SoakSpec spec, String commandLine)
            throws ConfigurationException {
        try {
            machine = Machine.start(
                    hypervisor,
                    new MachineSpec(
                            flags,
                            spec.vps(),
                            MEMORY_BYTES,
                            program.kernel(),
                            "hv-soak",
                            program.module(),
                            commandLine,
                            serial,
                            CrashAction.STOP));
        } catch (ImageException e) {
            throw new IllegalStateException("our own kernel cannot be booted", e);
        }
        Thread.ofPlatform().daemon().name("hv-soak-guest").start(() -> {
            result = machine.await();
            ended.countDown();
        });
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
