package hv.bench.stimer;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.guest.GuestPart;
import hv.guest.GuestPartException;
import hv.guest.GuestProgram;
import hv.machine.CrashAction;
import hv.machine.Machine;
import hv.machine.MachineSpec;
import hv.machine.boot.ImageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** On the CPU of KVM: our guest halts, and takes interrupts when they come. */
final class KvmRig extends TimerRig {
    private static final long MEMORY_BYTES = 64L << 20;
    private static final long BOOT_SECONDS = 30;
    private static final String IDLE = "hv-guest is idle";
    private static final String PART = """
            run first
                interrupts on
                say "IDLE"
            idle:
                halt 1s
                goto idle
            """.replace("IDLE", IDLE);

    private final Machine machine;

    KvmRig(Hypervisor hypervisor) throws ConfigurationException, InterruptedException {
        Boot boot = new Boot();
        try {
            GuestProgram program = GuestProgram.of(List.of(GuestPart.parse("idle", PART)), Set.of("idle"));
            machine = Machine.start(
                    listening(hypervisor),
                    new MachineSpec(
                            FLAGS,
                            1,
                            MEMORY_BYTES,
                            program.kernel(),
                            "hv-guest",
                            program.module(),
                            "limit=3600s",
                            boot,
                            CrashAction.STOP));
        } catch (ImageException | GuestPartException e) {
            throw new IllegalStateException("our own guest cannot be booted", e);
        }
        if (!boot.isIdle.await(BOOT_SECONDS, TimeUnit.SECONDS)) {
            machine.close();
            throw new IllegalStateException("the guest did not boot: " + boot);
        }
    }

    /** Reads what the guest writes until it says that it has nothing to do. */
    private static final class Boot extends ByteArrayOutputStream {
        private final CountDownLatch isIdle = new CountDownLatch(1);

        @Override
        public synchronized void write(int character) {
            super.write(character);
            look();
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            look();
        }

        private void look() {
            if (toString(StandardCharsets.US_ASCII).contains(IDLE)) {
                isIdle.countDown();
            }
        }
    }

    @Override
    String name() {
        return "kvm";
    }

    @Override
    GuestPartition partition() {
        return machine.partition();
    }

    @Override
    public void close() {
        machine.close();
    }
}
