package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Doorbell;
import hv.hosted.HostedHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Work that other threads hand to a VP")
class MailboxTest {
    private final HostedHost host = HostedHost.builder().build();
    private final Mailbox mailbox = new Mailbox(host, 3, new Failures("test"), () -> {});
    private final List<String> log = new ArrayList<>();

    @Test
    void shouldRunOnceHoweverOftenItIsRung() {
        Doorbell bell = mailbox.doorbell(() -> log.add("rung"));
        bell.ring();
        bell.ring();
        assertEquals(List.of(), log, "not before the VP drains");
        mailbox.drain();
        mailbox.drain();
        assertEquals(List.of("rung"), log);
    }

    @Test
    void shouldKickWithTheFirstRingOnly() {
        Doorbell bell = mailbox.doorbell(() -> {});
        bell.ring();
        assertTrue(host.takeKick(3));
        bell.ring();
        assertFalse(host.takeKick(3), "the VP is on its way already");
        mailbox.drain();
    }

    @Test
    void shouldNotKickTheThreadThatDrains() throws Exception {
        Doorbell bell = mailbox.doorbell(() -> log.add("rung"));
        mailbox.drain();
        bell.ring();
        assertFalse(host.takeKick(3));
        mailbox.drain();
        assertEquals(List.of("rung"), log);
    }

    @Test
    @DisplayName(
            "Work that rings another bell on the VP's own thread, which is no reason for a kick, is followed by it in the same drain")
    void shouldAnswerBellsRungByWork() {
        Doorbell second = mailbox.doorbell(() -> log.add("second"));
        Doorbell first = mailbox.doorbell(() -> {
            log.add("first");
            second.ring();
        });
        first.ring();
        mailbox.drain();
        assertEquals(List.of("first", "second"), log);
    }

    @Test
    @DisplayName("Work that rings its own bell for ever lets the guest have its turn, and is heard again after a kick")
    void shouldNotDrainForEver() {
        Doorbell[] bell = new Doorbell[1];
        bell[0] = mailbox.doorbell(() -> {
            log.add("again");
            bell[0].ring();
        });
        bell[0].ring();
        assertTrue(host.takeKick(3));
        mailbox.drain();
        assertEquals(Mailbox.MAX_ROUNDS, log.size());
        assertTrue(host.takeKick(3));
    }

    @Test
    void shouldRunOtherWorkWhenOneFails() {
        Doorbell bad = mailbox.doorbell(() -> {
            throw new IllegalStateException("a bug");
        });
        Doorbell good = mailbox.doorbell(() -> log.add("good"));
        bad.ring();
        good.ring();
        mailbox.drain();
        assertEquals(List.of("good"), log);
    }

    @Test
    void shouldLoseNoRingOfAnotherThread() throws Exception {
        int[] runs = new int[1];
        Doorbell bell = mailbox.doorbell(() -> runs[0]++);
        Thread ringer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 100_000; i++) {
                bell.ring();
            }
        });
        while (!ringer.join(Duration.ofMillis(1))) {
            mailbox.drain();
        }
        int before = runs[0];
        mailbox.drain();
        bell.ring();
        mailbox.drain();
        assertTrue(runs[0] > before, "the last ring was heard");
    }

    @Test
    void shouldBoundDoorbellsAndTasks() {
        for (int i = 0; i < Mailbox.MAX_DOORBELLS; i++) {
            mailbox.doorbell(() -> {});
        }
        assertThrows(IllegalStateException.class, () -> mailbox.doorbell(() -> {}));
        for (int i = 0; i < Mailbox.MAX_TASKS; i++) {
            assertFalse(mailbox.submit(() -> 1).isDone());
        }
        assertTrue(mailbox.submit(() -> 1).isCompletedExceptionally());
        mailbox.drain();
        assertFalse(mailbox.submit(() -> 1).isDone(), "there is room again");
    }

    @Test
    void shouldAnswerTasksAndFailThemWhenItCloses() throws Exception {
        CompletableFuture<Integer> answered = mailbox.submit(() -> 42);
        mailbox.drain();
        assertEquals(42, answered.get());
        CompletableFuture<Integer> abandoned = mailbox.submit(() -> 43);
        mailbox.close();
        ExecutionException failed = assertThrows(ExecutionException.class, abandoned::get);
        assertTrue(failed.getCause().getMessage().contains("closed"));
        assertTrue(mailbox.submit(() -> 44).isCompletedExceptionally());
    }
}
