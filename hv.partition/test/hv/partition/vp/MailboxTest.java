package hv.partition.vp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.Doorbell;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.failure.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Work that other threads hand to a VP")
class MailboxTest {
    private final HostedHost host = HostedHost.builder().build();
    private final Failures failures = new Failures("test");
    private final Mailbox mailbox = new Mailbox(host, 3, failures, () -> {});
    private final List<String> log = new ArrayList<>();

    private Doorbell doorbell(Runnable work) {
        return mailbox.doorbell("x", Callback.DOORBELL, work);
    }

    @Test
    void shouldRunOnceHoweverOftenItIsRung() {
        Doorbell bell = doorbell(() -> log.add("rung"));
        bell.ring();
        bell.ring();
        assertEquals(List.of(), log, "not before the VP drains");
        mailbox.drain();
        mailbox.drain();
        assertEquals(List.of("rung"), log);
    }

    @Test
    void shouldKickWithTheFirstRingOnly() {
        Doorbell bell = doorbell(() -> {});
        bell.ring();
        assertTrue(host.takeKick(3));
        bell.ring();
        assertFalse(host.takeKick(3), "the VP is on its way already");
        mailbox.drain();
    }

    @Test
    void shouldNotKickTheThreadThatDrains() throws Exception {
        Doorbell bell = doorbell(() -> log.add("rung"));
        mailbox.drain();
        bell.ring();
        assertFalse(host.takeKick(3));
        mailbox.drain();
        assertEquals(List.of("rung"), log);
    }

    @Test
    @DisplayName(
            "Work that rings another bell on the VP's own thread, which is no reason for a kick, is followed by it in"
                    + " the same drain")
    void shouldAnswerBellsRungByWork() {
        Doorbell second = doorbell(() -> log.add("second"));
        Doorbell first = doorbell(() -> {
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
        bell[0] = doorbell(() -> {
            log.add("again");
            bell[0].ring();
        });
        bell[0].ring();
        assertTrue(host.takeKick(3));
        mailbox.drain();
        assertEquals(Mailbox.MAX_ROUNDS, log.size());
        assertTrue(host.takeKick(3));
    }

    @ParameterizedTest
    @MethodSource("hv.partition.failure.Kinds#all")
    @DisplayName("Whatever one doorbell's work throws, the others that were rung are answered and it is counted")
    void shouldRunOtherWorkWhenOneFails(Throwable kind) {
        Doorbell bad = doorbell(() -> {
            throw Kinds.<RuntimeException>smuggle(kind);
        });
        Doorbell good = doorbell(() -> log.add("good"));
        bad.ring();
        good.ring();
        mailbox.drain();
        assertEquals(List.of("good"), log);
        assertEquals(1, failures.count("x"));
        assertEquals(kind.getClass().getName(), failures.rows().get(0).kind());
    }

    @ParameterizedTest
    @MethodSource("hv.partition.failure.Kinds#all")
    @DisplayName("Whatever a task throws, its future fails with it and the next task is done")
    void shouldFailTheFutureOfABadTask(Throwable kind) throws Exception {
        CompletableFuture<Integer> bad = mailbox.submit(() -> {
            throw Kinds.<RuntimeException>smuggle(kind);
        });
        CompletableFuture<Integer> good = mailbox.submit(() -> 42);
        mailbox.drain();
        assertSame(kind, assertThrows(ExecutionException.class, bad::get).getCause());
        assertEquals(42, good.get());
    }

    @ParameterizedTest
    @MethodSource("hv.partition.failure.Kinds#all")
    @DisplayName("Whatever the host throws when it is to kick, who rings does not see it, and the ring is not lost")
    void shouldContainTheHost(Throwable kind) throws Exception {
        host.addListener(new HostedListener() {
            @Override
            public void kicked(int vp) {
                throw Kinds.<RuntimeException>smuggle(kind);
            }
        });
        Doorbell bell = doorbell(() -> log.add("rung"));
        bell.ring();
        mailbox.drain();
        assertEquals(List.of("rung"), log);
        assertEquals(1, failures.count(Failures.HOST));
    }

    @Test
    void shouldLoseNoRingOfAnotherThread() throws Exception {
        int[] runs = new int[1];
        Doorbell bell = doorbell(() -> runs[0]++);
        Thread ringer = new Thread(() -> {
            for (int i = 0; i < 100_000; i++) {
                bell.ring();
            }
        });
        ringer.start();
        while (ringer.isAlive()) {
            ringer.join(1);
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
            doorbell(() -> {});
        }
        assertThrows(IllegalStateException.class, () -> doorbell(() -> {}));
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
