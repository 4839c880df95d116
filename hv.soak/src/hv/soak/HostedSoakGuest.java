package hv.soak;

import hv.api.Flags;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.guest.GuestProgram;
import hv.guest.HostedGuest;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import hv.machine.Machine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The guest without a CPU: one thread carries out the instructions of all VPs in turns. */
final class HostedSoakGuest implements SoakGuest {
    private final ByteArrayOutputStream serial = new ByteArrayOutputStream();
    private final HostedHost host;
    private final GuestPartition partition;
    private final HostedGuest guest;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;

    HostedSoakGuest(Hypervisor hypervisor, GuestProgram program, SoakSpec spec, String commandLine)
            throws ConfigurationException {
        host = HostedHost.builder()
                .memoryBytes(GuestProgram.memoryBytes(spec.vps()))
                .runningClock()
                .build();
        partition = hypervisor.create(hypervisor.everything(host.facts()).with(Flags.ENFORCE_CPUID), host);
        for (int vp = 0; vp < spec.vps(); vp++) {
            partition.addVp();
        }
        guest = new HostedGuest(program, partition, host, commandLine, serial);
        host.addListener(new HostedListener() {
            @Override
            public void interrupted(int vp, int vector) {
                guest.interrupt(vp, vector);
            }
        });
        thread = Thread.ofPlatform().daemon().name("hv-soak-guest").start(this::run);
    }

    private void run() {
        try {
            guest.run();
        } finally {
            ended.countDown();
        }
    }

    @Override
    public GuestPartition partition() {
        return partition;
    }

    @Override
    public Optional<Machine> machine() {
        return Optional.empty();
    }

    @Override
    public String report() {
        return serial.toString(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean isRunning() {
        return ended.getCount() != 0;
    }

    @Override
    public boolean await(long nanos) throws InterruptedException {
        return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void tidy() {
        host.takeInterrupts();
        host.takeTlbFlushes();
    }

    @Override
    public void move(Path file, Consumer<GuestPartition> left) throws IOException {
        throw new IOException("a guest without a CPU does not move");
    }

    @Override
    public void close() {
        guest.stop();
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        partition.close();
    }
}
