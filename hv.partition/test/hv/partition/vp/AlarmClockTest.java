package hv.partition.vp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.Alarm;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.ReferenceClock;
import hv.hosted.HostedHost;
import hv.partition.failure.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The alarms of a partition")
class AlarmClockTest {
    private static final long MILLISECOND = 10_000;
    private static final long HOUR = 3600L * 1000 * MILLISECOND;

    /** Of this test alone: the thread of the one before may be about to end. */
    private final String threadName = "hv-alarms-of-test-" + System.identityHashCode(this);

    private final HostedHost host = HostedHost.builder().runningClock().build();
    private final TscClock clock = new TscClock(host);
    private final AlarmThread looker = new AlarmThread(threadName, new Failures("test"));
    private final AlarmClock alarms = new AlarmClock(clock, false, new Failures("test"), looker);

    @AfterEach
    void close() {
        alarms.close();
    }

    private Thread thread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals(threadName))
                .findFirst()
                .orElse(null);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(60, TimeUnit.SECONDS));
    }

    private static void await(Semaphore rings) throws InterruptedException {
        assertTrue(rings.tryAcquire(60, TimeUnit.SECONDS));
    }

    @Test
    void ringsOnceAndNeverEarly() throws InterruptedException {
        AtomicLong rungAt = new AtomicLong();
        Semaphore rings = new Semaphore(0);
        Alarm alarm = alarms.alarm(0, () -> {
            rungAt.set(clock.now100ns());
            rings.release();
        });
        for (int i = 0; i < 50; i++) {
            long due = clock.now100ns() + i * MILLISECOND / 20;
            alarm.set(due);
            await(rings);
            assertTrue(rungAt.get() >= due, "rung " + (due - rungAt.get()) + " units early");
        }
        assertEquals(0, rings.availablePermits());
    }

    @Test
    void ringsAtOnceWhatIsPast() throws InterruptedException {
        Semaphore rings = new Semaphore(0);
        Alarm alarm = alarms.alarm(0, rings::release);
        for (long due : new long[] {0, -1, Long.MIN_VALUE, clock.now100ns()}) {
            alarm.set(due);
            await(rings);
        }
    }

    @Test
    @DisplayName("an earlier alarm wakes the thread that sleeps to a later one")
    void earlierAlarmWakesTheSleeper() throws InterruptedException {
        AtomicBoolean hasLateRung = new AtomicBoolean();
        Semaphore rings = new Semaphore(0);
        alarms.alarm(0, () -> hasLateRung.set(true)).set(clock.now100ns() + HOUR);
        Alarm early = alarms.alarm(1, rings::release);
        for (int i = 0; i < 200; i++) {
            early.set(clock.now100ns() + i % 3);
            await(rings);
        }
        assertFalse(hasLateRung.get());
    }

    @Test
    @DisplayName(
            "An alarm that is set again whenever it rings goes off at most once in 200 us in the long run, and none is lost")
    void ringsAtTheFloor() throws InterruptedException {
        int rings = 20 + 200;
        CountDownLatch rung = new CountDownLatch(rings);
        Alarm[] alarm = new Alarm[1];
        alarm[0] = alarms.alarm(0, () -> {
            rung.countDown();
            alarm[0].set(clock.now100ns() + 1);
        });
        long start = System.nanoTime();
        alarm[0].set(0);
        await(rung);
        long nanos = System.nanoTime() - start;
        assertTrue(nanos >= (rings - 20 - 1) * 200_000L, () -> "%d rings in %d us".formatted(rings, nanos / 1000));
    }

    @Test
    @DisplayName(
            "An alarm that is set ever earlier without going off does not keep the thread awake: it is woken as seldom")
    void settersWakeSeldom() throws InterruptedException {
        Semaphore rings = new Semaphore(0);
        AtomicInteger looks = new AtomicInteger();
        AlarmClock watched = new AlarmClock(new CountingClock(clock, looks), false, new Failures("test"), looker);
        try {
            Alarm early = watched.alarm(0, rings::release);
            long start = System.nanoTime();
            for (long due = clock.now100ns() + HOUR; due > clock.now100ns() + HOUR - 100_000; due--) {
                early.set(due);
            }
            long rounds = 20 + 2 + (System.nanoTime() - start) / 200_000;
            assertTrue(looks.get() <= 2 * rounds, () -> looks.get() + " looks at the clock in " + rounds + " rounds");
            early.set(0);
            await(rings);
        } finally {
            watched.close();
        }
    }

    @Test
    @DisplayName("setting an alarm again replaces its due time, to an earlier and to a later one")
    void lastSettingCounts() throws InterruptedException {
        Semaphore rings = new Semaphore(0);
        Semaphore others = new Semaphore(0);
        Alarm alarm = alarms.alarm(0, rings::release);
        Alarm other = alarms.alarm(0, others::release);
        alarm.set(clock.now100ns() + HOUR);
        alarm.set(clock.now100ns() + 1);
        await(rings);
        alarm.set(clock.now100ns() + 100 * MILLISECOND);
        alarm.set(clock.now100ns() + HOUR);
        other.set(clock.now100ns() + 150 * MILLISECOND);
        await(others);
        assertEquals(0, rings.availablePermits());
    }

    @Test
    void cancelledAlarmDoesNotRing() throws InterruptedException {
        Semaphore rings = new Semaphore(0);
        Semaphore others = new Semaphore(0);
        Alarm alarm = alarms.alarm(0, rings::release);
        alarm.set(clock.now100ns() + 100 * MILLISECOND);
        alarm.cancel();
        alarms.alarm(0, others::release).set(clock.now100ns() + 150 * MILLISECOND);
        await(others);
        assertEquals(0, rings.availablePermits());
    }

    @Test
    @DisplayName("the largest time never comes, and starts no thread")
    void neverNeedsNoThread() {
        alarms.alarm(0, () -> {}).set(Long.MAX_VALUE);
        assertNull(thread());
    }

    @Test
    @DisplayName("many alarms share one thread")
    void manyAlarmsShareOneThread() throws InterruptedException {
        int count = 500;
        CountDownLatch rings = new CountDownLatch(count);
        List<Thread> threads = new ArrayList<>();
        List<Alarm> all = new ArrayList<>();
        for (int vp = 0; vp < count; vp++) {
            all.add(alarms.alarm(vp, () -> {
                synchronized (threads) {
                    threads.add(Thread.currentThread());
                }
                rings.countDown();
            }));
        }
        for (int i = 0; i < count; i++) {
            all.get(i).set(clock.now100ns() + (i * 7919L) % (20 * MILLISECOND));
        }
        await(rings);
        assertEquals(1, threads.stream().distinct().count());
    }

    @Test
    @DisplayName("no setting is missed, whatever the thread does at that moment")
    void noSettingIsMissed() throws Exception {
        int setters = 3;
        int rounds = 3000;
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < setters; i++) {
            Semaphore rings = new Semaphore(0);
            Alarm alarm = alarms.alarm(i, rings::release);
            int step = i;
            Thread setter = new Thread(() -> {
                for (int round = 0; round < rounds; round++) {
                    alarm.set(clock.now100ns() + (round * 31L + step) % 40);
                    try {
                        if (!rings.tryAcquire(60, TimeUnit.SECONDS)) {
                            return;
                        }
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                done.incrementAndGet();
            });
            setter.start();
            threads.add(setter);
        }
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(setters, done.get());
    }

    @Test
    @DisplayName("an alarm may be set again by what it rings")
    void alarmMaySetItself() throws InterruptedException {
        CountDownLatch rings = new CountDownLatch(100);
        Alarm[] alarm = new Alarm[1];
        alarm[0] = alarms.alarm(0, () -> {
            rings.countDown();
            if (rings.getCount() > 0) {
                alarm[0].set(clock.now100ns() + 10);
            }
        });
        alarm[0].set(0);
        await(rings);
    }

    @Test
    @DisplayName("a clock that is set forward, as by a restore, makes what is due ring")
    void movedClockIsNoticed() throws InterruptedException {
        Semaphore rings = new Semaphore(0);
        long due = clock.now100ns() + HOUR;
        alarms.alarm(0, rings::release).set(due);
        clock.setNow100ns(due);
        alarms.clockMoved();
        await(rings);
    }

    @Test
    @DisplayName("a bell that fails does not stop the others")
    void failingBellStopsNothing() throws InterruptedException {
        Doorbell broken = () -> {
            throw new IllegalStateException("a host's bug");
        };
        Semaphore rings = new Semaphore(0);
        Alarm bad = alarms.alarm(0, broken);
        Alarm good = alarms.alarm(1, rings::release);
        for (int i = 0; i < 3; i++) {
            bad.set(0);
            good.set(0);
            await(rings);
        }
    }

    @Test
    void closeEndsTheThread() throws InterruptedException {
        alarms.alarm(0, () -> {}).set(clock.now100ns() + HOUR);
        Thread thread = thread();
        assertNotNull(thread);
        assertTrue(thread.isDaemon());
        alarms.close();
        thread.join(60_000);
        assertFalse(thread.isAlive());
    }

    @Test
    @DisplayName(
            "where time stands still there is no thread: a VP looks for what is due when it drains, for itself only")
    void manualClockRingsOnTheVpsThread() {
        HostedHost still = HostedHost.builder().build();
        TscClock time = new TscClock(still);
        AlarmClock manual = new AlarmClock(time, true, new Failures("test"), looker);
        List<Integer> rung = new ArrayList<>();
        Alarm first = manual.alarm(0, () -> rung.add(0));
        manual.alarm(1, () -> rung.add(1)).set(5);
        first.set(5);
        still.advance100ns(4);
        manual.ringDue(0);
        assertEquals(List.of(), rung);
        still.advance100ns(1);
        manual.ringDue(0);
        manual.ringDue(0);
        assertEquals(List.of(0), rung);
        manual.ringDue(1);
        assertEquals(List.of(0, 1), rung);
        assertNull(thread());
    }

    /** Counts how often somebody asks for the time. */
    private record CountingClock(ReferenceClock clock, AtomicInteger asked) implements ReferenceClock {
        @Override
        public long now100ns() {
            asked.incrementAndGet();
            return clock.now100ns();
        }

        @Override
        public long tsc() {
            return clock.tsc();
        }

        @Override
        public long tscFrequencyHz() {
            return clock.tscFrequencyHz();
        }

        @Override
        public long scale() {
            return clock.scale();
        }

        @Override
        public long offset100ns() {
            return clock.offset100ns();
        }
    }
}
