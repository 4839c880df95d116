package hv.partition.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Calls of bundles' code with a limit in time")
class BundleCallsTest {
    private final Limits limits = new Limits();
    private final Failures failures = new Failures("test");
    private final BundleCalls calls = new BundleCalls(limits, failures);
    private final Callee callee = new Callee("x", "hv.x 1.0.0");
    private final CountDownLatch door = new CountDownLatch(1);

    @AfterEach
    void open() {
        door.countDown();
    }

    /** Waits for the door, whoever interrupts. */
    private Void hang() {
        for (boolean isOpen = false; !isOpen; ) {
            try {
                door.await();
                isOpen = true;
            } catch (InterruptedException e) {
                // As code that does not listen.
            }
        }
        return null;
    }

    private void hurry() {
        limits.set(Duration.ofMillis(50));
    }

    private CallException hangIn(Callee where) {
        return assertThrows(
                CallException.class,
                () -> calls.run(steps -> {
                    steps.enter(where, Callback.SAVE);
                    return hang();
                }));
    }

    @Test
    @DisplayName(
            "What is called gives what it gives, on a thread that is not the caller's and can do what the caller's can")
    void givesWhatItGives() throws Exception {
        ClassLoader mine = Thread.currentThread().getContextClassLoader();
        Thread thread = calls.run(steps -> {
            steps.enter(callee, Callback.ATTACH);
            assertSame(mine, Thread.currentThread().getContextClassLoader());
            return Thread.currentThread();
        });
        assertNotSame(Thread.currentThread(), thread);
        assertTrue(thread.isDaemon());
        assertTrue(failures.rows().isEmpty());
    }

    @Test
    @DisplayName("A state that is refused is no failure")
    void refusalIsNoFailure() {
        CallException refused = assertThrows(
                CallException.class,
                () -> calls.run(steps -> {
                    steps.enter(callee, Callback.RESTORE);
                    throw new StateException("not mine");
                }));
        assertTrue(refused.isRefusal());
        assertEquals("not mine", refused.asStateException().getMessage());
        assertTrue(failures.rows().isEmpty());
    }

    @Test
    @DisplayName("An object that a call has not come back from is not called until it has")
    void hungIsNotCalled() throws Exception {
        hurry();
        assertTrue(hangIn(callee).getMessage().contains("has not come back from saving its state for 50 ms"));
        assertTrue(callee.isHung());
        assertTrue(hangIn(callee).getMessage().contains("hv.x 1.0.0 is not called any more"));
        assertEquals(1, failures.count("x"));
        door.countDown();
        limits.set(Duration.ofSeconds(60));
        while (callee.isHung()) {
            LockSupport.parkNanos(1_000_000);
        }
        assertEquals(5, calls.<Integer>run(steps -> {
            steps.enter(callee, Callback.SAVE);
            return 5;
        }));
    }

    @Test
    @DisplayName("A version in which four threads hang is not called at all: there are never more")
    void hungThreadsAreBounded() {
        hurry();
        for (int i = 0; i < Callee.MOST_HUNG; i++) {
            hangIn(callee.another());
        }
        assertTrue(hangIn(callee.another()).getMessage().contains("4 threads hang in it"));
        assertEquals(Callee.MOST_HUNG, failures.count("x"));
        Callee other = new Callee("x", "hv.x 2.0.0");
        assertTrue(hangIn(other).getMessage().contains("has not come back"), "another version is another matter");
    }

    @Test
    @DisplayName("What is done after a call was given up is not seen")
    void lateWorkIsNotSeen() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        CountDownLatch isLeft = new CountDownLatch(1);
        hurry();
        assertThrows(
                CallException.class,
                () -> calls.run(steps -> {
                    steps.enter(callee, Callback.ADD_VP);
                    hang();
                    try {
                        steps.commit(seen::incrementAndGet);
                    } finally {
                        isLeft.countDown();
                    }
                    return null;
                }));
        door.countDown();
        isLeft.await();
        assertEquals(0, seen.get());
    }

    @Test
    @DisplayName("Each step has the whole limit")
    void eachStepHasTheLimit() throws Exception {
        limits.set(Duration.ofSeconds(1));
        calls.run(steps -> {
            for (int i = 0; i < 12; i++) {
                steps.enter(callee, Callback.SAVE);
                door.await(100, TimeUnit.MILLISECONDS);
            }
            return null;
        });
        assertFalse(callee.isHung());
    }

    @Test
    @DisplayName("Of many, those that fail are told one by one and the others are done")
    void othersAreDone() {
        List<Integer> done = new ArrayList<>();
        List<Integer> failed = new ArrayList<>();
        calls.forEachWhileOthersWait(
                List.of(0, 1, 2, 3, 4),
                (number, steps) -> {
                    steps.enter(callee, Callback.RESET);
                    if (number % 2 == 1) {
                        throw new AssertionError("odd");
                    }
                    steps.commit(() -> done.add(number));
                },
                (number, told) -> failed.add(number));
        assertEquals(List.of(0, 2, 4), done);
        assertEquals(List.of(1, 3), failed);
    }

    @Test
    @DisplayName("Who waits and is interrupted waits on, and is interrupted afterwards")
    void interruptsAreKept() throws Exception {
        Thread.currentThread().interrupt();
        assertEquals(1, calls.<Integer>run(steps -> {
            steps.enter(callee, Callback.SAVE);
            return 1;
        }));
        assertTrue(Thread.interrupted());
    }
}
