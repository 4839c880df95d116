package hv.bench.vmbus;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.Vmbus;
import hv.api.vmbus.VmbusProvider;
import hv.guest.GuestPart;
import hv.guest.GuestPartException;
import hv.guest.GuestProgram;
import hv.kvm.Kvm;
import hv.machine.CrashAction;
import hv.machine.Machine;
import hv.machine.MachineSpec;
import hv.machine.boot.ImageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * From a guest's signal to its device on KVM: our own guest program ({@code signals.guest}) brings up the bus, answers
 * heartbeats and signals a device. The time begins when the guest has read the reference counter, so the way back from
 * that read is in it, and ends in the device.
 */
final class KvmSignals {
    private static final String FLAGS = "hv-vpindex,hv-time,hv-synic,hv-enforce-cpuid";
    private static final long MEMORY_BYTES = 64L << 20;
    private static final int SIGNALS = 5_000;
    private static final String PART = "signals";

    private KvmSignals() {}

    /** Prints one line; why, if it cannot be done here. */
    static void run(VmbusProvider provider) throws Exception {
        Optional<String> unusable = Kvm.whyUnusable();
        if (unusable.isPresent()) {
            System.out.println("not on KVM: " + unusable.get());
            return;
        }
        ByteArrayOutputStream serial = new ByteArrayOutputStream();
        TimedDevice device = new TimedDevice(SIGNALS);
        ScheduledExecutorService workers = Executors.newScheduledThreadPool(
                2, task -> Thread.ofPlatform().daemon().name("hv-bench-worker").unstarted(task));
        try (Machine machine = machine(serial)) {
            GuestPartition partition = machine.partition();
            SynicPorts ports = partition.service("synic", SynicPorts.class).orElseThrow();
            try (Vmbus bus = provider.open(ports, machine.memory(), partition::referenceTime100ns, 1, workers)) {
                bus.offer(heartbeat().create(new DeviceSite("heartbeat", Map.of())));
                bus.offer(device);
                bus.resume();
                machine.resume();
                machine.await();
            }
        } finally {
            workers.shutdownNow();
        }
        String report = serial.toString(StandardCharsets.US_ASCII);
        if (!report.contains("signals=" + SIGNALS)) {
            throw new IllegalStateException("the guest did not come to its end: " + report);
        }
        long[] sorted = device.sorted100ns();
        System.out.printf(
                "on KVM, from a guest's signal to the sleeping device: p50 %.1f us, p99 %.1f us, longest %.1f us"
                        + " (%,d signals; %,d were one with the next)%n",
                sorted[sorted.length / 2] / 10.0,
                sorted[sorted.length - 1 - sorted.length / 100] / 10.0,
                sorted[sorted.length - 1] / 10.0,
                sorted.length,
                SIGNALS - sorted.length - SIGNALS / 5);
    }

    private static DeviceKind heartbeat() {
        return ServiceLoader.load(DeviceKind.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(kind -> kind.id().equals("heartbeat"))
                .findFirst()
                .orElseThrow();
    }

    private static Machine machine(ByteArrayOutputStream serial) throws IOException, ConfigurationException {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        try (InputStream in = KvmSignals.class.getResourceAsStream("signals.guest")) {
            GuestPart part = GuestPart.parse(PART, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            GuestProgram program = GuestProgram.of(List.of(part), Set.of(PART));
            return Machine.startPaused(
                    hypervisor,
                    new MachineSpec(
                            FLAGS,
                            1,
                            MEMORY_BYTES,
                            program.kernel(),
                            "hv-guest",
                            program.module(),
                            "limit=600s",
                            serial,
                            CrashAction.STOP));
        } catch (ImageException | GuestPartException e) {
            throw new IllegalStateException("our own guest cannot be booted", e);
        }
    }
}
