package hv.partition.vp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.Alarm;
import hv.hosted.HostedHost;
import hv.partition.failure.Failures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The thread that looks at the alarms of all partitions")
class AlarmThreadTest {
    private static final long MILLISECOND = 10_000;

    private final String name = "hv-alarms-of-thread-test-" + System.identityHashCode(this);
    private final Failures failures = new Failures("test");
    private final AlarmThread looker = new AlarmThread(name, failures);
    private final TscClock clock =
            new TscClock(HostedHost.builder().runningClock().build());
    private final List<AlarmClock> clocks = new ArrayList<>();

    private AlarmClock alarms(Failures told) {
        AlarmClock alarms = new AlarmClock(clock, false, told, looker);
        clocks.add(alarms);
        return alarms;
    }

    @AfterEach
    void close() {
        clocks.forEach(AlarmClock::close);
    }

    private static void await(Semaphore rings, int count) throws InterruptedException {
        assertTrue(rings.tryAcquire(count, 60, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("A thousand partitions that set timers all the time have one thread and its watch")
    void oneForAll() throws InterruptedException {
        int partitions = 1_000;
        int rounds = 5;
        Semaphore rings = new Semaphore(0);
        Alarm[] alarm = new Alarm[partitions];
        int[] left = new int[partitions];
        for (int i = 0; i < partitions; i++) {
            int which = i;
            left[i] = rounds;
            alarm[i] = alarms(failures).alarm(0, () -> {
                rings.release();
                if (--left[which] > 0) {
                    alarm[which].set(clock.now100ns() + which % 10 * MILLISECOND);
                }
            });
        }
        for (Alarm each : alarm) {
            each.set(clock.now100ns() + 5 * MILLISECOND);
        }
        await(rings, partitions * rounds);
        List<String> threads = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(each -> each.startsWith(name))
                .sorted()
                .toList();
        assertEquals(List.of(name, name + "-watch"), threads);
    }

    @Test
    @DisplayName(
            "The host of one partition that hangs when it is asked for a kick does not silence the others, and goes on itself when it comes back")
    void hangingHost() throws InterruptedException {
        Failures ofHanging = new Failures("hanging");
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch door = new CountDownLatch(1);
        Semaphore lateRings = new Semaphore(0);
        AlarmClock hanging = alarms(ofHanging);
        Alarm bad = hanging.alarm(0, () -> {
            entered.countDown();
            boolean isOpen = false;
            while (!isOpen) {
                try {
                    isOpen = door.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    // It hangs.
                }
            }
            lateRings.release();
        });
        Alarm late = hanging.alarm(1, lateRings::release);
        Semaphore rings = new Semaphore(0);
        Alarm good = alarms(failures).alarm(0, rings::release);
        good.set(clock.now100ns() + 200 * MILLISECOND);
        bad.set(0);
        assertTrue(entered.await(60, TimeUnit.SECONDS));
        await(rings, 1);
        late.set(0);
        for (int i = 0; i < 100; i++) {
            good.set(clock.now100ns() + MILLISECOND / 10);
            await(rings, 1);
        }
        assertEquals(0, lateRings.availablePermits());
        assertNotNull(thread("hv-hung in the code of a VMM"));
        door.countDown();
        await(lateRings, 2);
        assertEquals(1, ofHanging.count(Failures.HOST));
        assertEquals(0, failures.count(Failures.HOST));
    }

    private static Thread thread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Test
    @DisplayName(
            "It ends some time after the last partition is closed, its watch too, and begins again with the next one")
    void endsWhenNobodyIsLeft() throws InterruptedException {
        Semaphore rings = new Semaphore(0);
        AlarmClock first = alarms(failures);
        first.alarm(0, rings::release).set(0);
        await(rings, 1);
        Thread looks = thread(name);
        Thread watches = thread(name + "-watch");
        first.close();
        looks.join(60_000);
        watches.join(60_000);
        assertNull(thread(name));
        assertNull(thread(name + "-watch"));
        alarms(failures).alarm(0, rings::release).set(0);
        await(rings, 1);
    }

    @Test
    @DisplayName("Clocks are looked at in the order in which they are due, whatever is put, moved and taken out")
    void queue() {
        Random random = new Random(1);
        AlarmQueue queue = new AlarmQueue();
        List<AlarmTurn> in = new ArrayList<>();
        List<AlarmTurn> out = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            out.add(new AlarmTurn(looker, null));
        }
        for (int step = 0; step < 100_000; step++) {
            if (!in.isEmpty() && random.nextInt(3) == 0) {
                AlarmTurn turn = in.remove(random.nextInt(in.size()));
                queue.remove(turn);
                out.add(turn);
            } else {
                boolean isMove = out.isEmpty() || !in.isEmpty() && random.nextBoolean();
                List<AlarmTurn> from = isMove ? in : out;
                AlarmTurn turn = from.remove(random.nextInt(from.size()));
                queue.put(turn, random.nextInt(1000));
                in.add(turn);
            }
            AlarmTurn first = queue.first();
            assertEquals(in.isEmpty(), first == null);
            if (first != null) {
                assertEquals(in.stream().mapToLong(turn -> turn.atNanos).min().getAsLong(), first.atNanos);
            }
        }
        in.sort(Comparator.comparingLong(turn -> turn.atNanos));
        for (AlarmTurn each : in) {
            AlarmTurn first = queue.first();
            assertEquals(each.atNanos, first.atNanos);
            queue.remove(first);
            assertSame(AlarmQueue.NOWHERE, first.place);
        }
        assertNull(queue.first());
    }
}
