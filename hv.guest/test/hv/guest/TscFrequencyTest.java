package hv.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.host.GuestPartition;
import hv.hosted.HostedHost;
import hv.testkit.Deployed;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A running guest whose TSC gets another frequency (TLFS "Timers: Reenlightenment"). */
class TscFrequencyTest {
    private static final String PART = """
            let CONTROL = 0x40000106
            let EMULATION_CONTROL = 0x40000107
            let EMULATION_STATUS = 0x40000108
            let VECTOR = 0x43
                wrmsr   CONTROL, 0x10043
                wrmsr   EMULATION_CONTROL, 1
                say     "ready"
                wait    r1, VECTOR, 1, 60s
                expect  r1 == 1 "interrupts"
                rdmsr   r2, EMULATION_STATUS
                expect  r2 == 1 "TSC_EMULATION_STATUS"
                rdmsr   r3, 0x40000022
                report  known, r3
                wrmsr   EMULATION_STATUS, 0
                rdmsr   r2, EMULATION_STATUS
                expect  r2 == 0 "TSC_EMULATION_STATUS after the guest is ready"
                pass
            """;

    private final CountDownLatch ready = new CountDownLatch(1);
    private final ByteArrayOutputStream report = new ByteArrayOutputStream() {
        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            if (toString(StandardCharsets.US_ASCII).contains("ready")) {
                ready.countDown();
            }
        }
    };

    @Test
    @DisplayName(
            "A guest that asked for it is interrupted, keeps the old frequency, and gets the new one when it is ready")
    void notified() throws Exception {
        HostedHost host = HostedHost.builder()
                .memoryBytes(GuestProgram.memoryBytes(1))
                .runningClock()
                .build();
        try (Deployed deployed = new Deployed();
                GuestPartition partition = deployed.hypervisor()
                        .create("hv-reenlightenment,hv-frequencies,hv-time,hv-enforce-cpuid", host)) {
            partition.addVp();
            GuestProgram program =
                    GuestProgram.of(List.of(GuestPart.parse("reenlightenment", PART)), Set.of("reenlightenment"));
            HostedMachine machine = new HostedMachine(program, partition, host, "", report);
            CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(machine::run);
            assertTrue(ready.await(60, TimeUnit.SECONDS));
            machine.changeTscFrequency(3_000_000_000L);
            assertEquals(0, ended.get(60, TimeUnit.SECONDS), report::toString);
            assertTrue(
                    partition.save().sections().stream()
                            .anyMatch(section -> Long.valueOf(3_000_000_000L)
                                    .equals(section.values().get("TscFrequencyHz"))),
                    report::toString);
        }
    }

    @Test
    @DisplayName("A frequency that no TSC has is refused and changes nothing")
    void outOfRange() throws Exception {
        try (Deployed deployed = new Deployed();
                TestMachine test = new TestMachine(deployed.hypervisor())) {
            var before = test.partition.save();
            for (long frequencyHz : new long[] {0, -1, 10_000_000, 1_000_000_000_001L, Long.MAX_VALUE}) {
                assertThrows(IllegalArgumentException.class, () -> test.machine.changeTscFrequency(frequencyHz));
            }
            assertEquals(before, test.partition.save());
        }
    }
}
