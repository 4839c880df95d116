package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.host.Hypervisor;
import hv.api.synic.SynicPorts;
import hv.kvm.Kvm;
import hv.soak.SoakReport;
import hv.soak.SoakRun;
import hv.soak.SoakSpec;
import hv.soak.SoakSpec.Backend;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timers, messages, events, IPIs, flushes and clocks at once, and the counts of guest and host at the end. */
class SoakTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static SoakReport soak(Backend backend, int vps, Duration duration) throws Exception {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        try (SoakRun run = SoakRun.start(hypervisor, SoakSpec.of(backend, vps, duration))) {
            return run.finish();
        } finally {
            assertEquals(0, hypervisor.partitions().size());
        }
    }

    private static void isClean(SoakReport report) {
        assertTrue(report.isClean(), () -> String.join("\n", report.lines()));
        assertFalse(report.rows().isEmpty());
    }

    @Test
    @DisplayName("On KVM, 2 VPs, 10 s: nothing is lost, doubled or out of order, and nothing grows")
    void kvm() throws Exception {
        Kvm.whyUnusable().ifPresent(why -> assumeTrue(false, why));
        isClean(soak(Backend.KVM, 2, Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    @DisplayName("Without a CPU, 3 s: nothing is lost, doubled or out of order, and nothing grows")
    void hosted(int vps) throws Exception {
        isClean(soak(Backend.HOSTED, vps, Duration.ofSeconds(3)));
    }

    @Test
    @DisplayName("One interrupt more than there are messages is found out, though the guest may take two for one")
    void doubledInterrupt() throws Exception {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        try (SoakRun run = SoakRun.start(hypervisor, SoakSpec.of(Backend.HOSTED, 1, Duration.ofSeconds(1)))) {
            SynicPorts ports =
                    run.partition().service("synic", SynicPorts.class).orElseThrow();
            assertTimeoutPreemptively(LIMIT, () -> {
                while (!run.partition().vp(0).submit(() -> ports.raise(0, 2)).get()) {
                    // The guest has not yet programmed the SINT; the next answer is one exit of its own away.
                    continue;
                }
            });
            assertFalse(run.finish().isClean());
        }
    }

    @Test
    @DisplayName("A soak that is closed early leaves no partition behind")
    void closedEarly() throws Exception {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        try (SoakRun run = SoakRun.start(hypervisor, SoakSpec.of(Backend.HOSTED, 2, Duration.ofHours(1)))) {
            assertTrue(run.isRunning());
        }
        assertEquals(0, hypervisor.partitions().size());
    }
}
