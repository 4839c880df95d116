package hv.itest;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.host.Hypervisor;
import hv.kvm.Kvm;
import hv.soak.SoakReport;
import hv.soak.SoakRun;
import hv.soak.SoakSpec;
import hv.soak.SoakSpec.Backend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest at work moves from machine to machine through files. */
@Tag("slow")
@Timeout(600)
class MoveTest {
    private static final int MOVES = 200;
    private static final int MOST_MESSAGES = 60;
    private static final long LOOK_NANOS = 1_000_000;

    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "On KVM a guest at work is saved, its machine ended, and restored elsewhere 200 times at random points: nothing is lost or comes"
                    + " twice, timers keep their phase, and the clock never steps back")
    void moves() throws Exception {
        Kvm.whyUnusable().ifPresent(why -> assumeTrue(false, why));
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (SoakRun run = SoakRun.start(hypervisor, SoakSpec.of(Backend.KVM, 2, Duration.ofHours(1)))) {
            for (int move = 0; move < MOVES && run.isRunning(); move++) {
                awaitMessages(run, run.messagesSent() + random.nextInt(MOST_MESSAGES));
                run.move(folder.resolve("guest.hvsnap"));
            }
            run.enough();
            SoakReport report = run.finish();
            assertTrue(report.isClean(), () -> "seed " + seed + "\n" + String.join("\n", report.lines()));
        }
    }

    private static void awaitMessages(SoakRun run, long count) {
        while (run.isRunning() && run.messagesSent() < count) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
