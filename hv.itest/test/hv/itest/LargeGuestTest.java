package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.host.Hypervisor;
import hv.kvm.Kvm;
import hv.kvm.error.KvmException;
import hv.machine.Machine;
import hv.machine.MachineSpec;
import hv.snapshot.Snapshots;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
@DisplayName("Guests with as many processors as KVM takes, and guests that several save at once")
class LargeGuestTest {
    private static final int VPS = 1024;
    private static final String FLAGS = "hv-vpindex,hv-time,hv-synic,hv-stimer,hv-tlbflush,hv-enforce-cpuid";

    @TempDir
    private Path folder;

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(why -> assumeTrue(false, why));
    }

    private static void succeeds(ProcessBuilder builder) throws Exception {
        Ended ended = Ended.of(builder);
        assumeTrue(
                ended.err().stream().noneMatch(line -> line.contains("KVM on this host takes")),
                "needs a KVM that takes 1024 virtual processors");
        assertEquals(0, ended.status(), ended::toString);
        assertEquals(List.of(), ended.err());
    }

    @Test
    @DisplayName(
            "./hv run --smp 1024 with everything is saved, and its file restored, by the heap that the script gives them")
    void savedAndRestored() throws Exception {
        Workspace workspace = Workspace.at(folder.resolve("hv"));
        Path kernel = Files.write(folder.resolve("spin"), FlatGuests.spin());
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        succeeds(workspace.script(
                "run", "--smp", "1024", "--memory", "64M", "--kernel", kernel.toString(), "--save-at", "1s=" + first));
        succeeds(workspace.script(
                "run", "--restore", first.toString(), "--kernel", kernel.toString(), "--save-at", "1s=" + second));
        assertTrue(Files.size(second) > 1 << 20);
        ProcessBuilder small = workspace.script("run", "--smp", "1024", "--kernel", kernel.toString());
        small.environment().put("HV_JAVA_OPTIONS", "-Xmx48m");
        Ended refused = Ended.of(small);
        assertEquals(2, refused.status(), refused::toString);
        assertEquals(1, refused.err().size(), refused::toString);
        assertTrue(
                refused.err().getFirst().startsWith("hv: 1024 virtual processors need a heap of"), refused::toString);
    }

    private static MachineSpec spec(int vps, byte[] image) {
        return MachineSpec.of(FLAGS, vps, 16 << 20, image, "flat", OutputStream.nullOutputStream());
    }

    private static Hypervisor hypervisor() {
        return ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
    }

    @Test
    @DisplayName("A machine of 1024 processors goes on as another one")
    void inProcess() throws Exception {
        Hypervisor hypervisor = hypervisor();
        Snapshots snapshots = new Snapshots(hypervisor);
        Path file = folder.resolve("guest");
        try (Machine machine = Machine.start(hypervisor, spec(VPS, FlatGuests.spin()))) {
            snapshots.save(machine, file, true);
            assertTrue(machine.isRunning());
        } catch (KvmException e) {
            assumeTrue(!e.getMessage().contains("KVM on this host takes"), e.getMessage());
            throw e;
        }
        try (Machine machine = Machine.startPaused(hypervisor, spec(VPS, FlatGuests.spin()))) {
            snapshots.restore(machine, file);
            assertTrue(machine.isRunning());
        }
    }

    @Test
    @DisplayName("Two who save a guest that counts in two places get snapshots in which both places agree")
    void twoSavers() throws Exception {
        Hypervisor hypervisor = hypervisor();
        Snapshots snapshots = new Snapshots(hypervisor);
        int rounds = 10;
        try (Machine machine = Machine.start(hypervisor, spec(1, FlatGuests.twin()));
                ExecutorService savers = Executors.newFixedThreadPool(2)) {
            List<Callable<Void>> work =
                    List.of(saver(snapshots, machine, "a", rounds), saver(snapshots, machine, "b", rounds));
            for (Future<Void> done : savers.invokeAll(work)) {
                done.get();
            }
        }
        try (Machine machine = Machine.startPaused(hypervisor, spec(1, FlatGuests.twin()))) {
            for (int round = 0; round < rounds; round++) {
                assertWhole(snapshots, machine, folder.resolve("a" + round));
                assertWhole(snapshots, machine, folder.resolve("b" + round));
            }
        }
    }

    private Callable<Void> saver(Snapshots snapshots, Machine machine, String name, int rounds) {
        return () -> {
            for (int round = 0; round < rounds; round++) {
                snapshots.save(machine, folder.resolve(name + round), true);
            }
            return null;
        };
    }

    /** Whatever the guest does afterwards, a distance that is wrong stays wrong. */
    private static void assertWhole(Snapshots snapshots, Machine machine, Path file) throws Exception {
        snapshots.restore(machine, file);
        machine.pause();
        long distance =
                machine.memory().getLong(FlatGuests.FIRST) - machine.memory().getLong(FlatGuests.SECOND);
        assertTrue(distance == 0 || distance == 1, "the numbers are " + distance + " apart");
    }
}
