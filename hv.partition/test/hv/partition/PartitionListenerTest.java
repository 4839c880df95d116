package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import hv.api.PowerEvent;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.PartitionListener;
import hv.hosted.HostedHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Listeners of partitions")
class PartitionListenerTest {
    private static final String FLAGS = "hv-ledger,hv-enforce-cpuid";

    private static final Logger LOG = Logger.getLogger("hv.partition");

    private final Versions hypervisor = new Versions();
    private final Ledger first = Ledger.full();
    private final Diary diary = new Diary();
    private final List<GuestPartition> made = new ArrayList<>();

    /** Writes down what it is told, and on which thread. */
    private static final class Diary implements PartitionListener {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private volatile SwapDTO last;

        private void write(String line) {
            lines.add(line + (Thread.currentThread().getName().startsWith("hv-news") ? "" : " on another thread"));
        }

        @Override
        public void opened(GuestPartition partition) {
            write("opened " + partition.id());
        }

        @Override
        public void closed(GuestPartition partition) {
            write("closed " + partition.id());
        }

        @Override
        public void swapped(GuestPartition partition, SwapDTO change) {
            last = change;
            // It may call whatever it likes: nobody waits for it.
            write("swapped, history " + partition.places().history().size() + ", state "
                    + partition.save().sections().size());
        }

        @Override
        public void vacant(GuestPartition partition, SwapDTO change) {
            write("vacant " + change.id());
        }

        @Override
        public void filled(GuestPartition partition, SwapDTO change) {
            write("filled " + change.to());
        }

        @Override
        public void removed(GuestPartition partition, SwapDTO change) {
            write("removed " + change.id());
        }

        @Override
        public void refused(GuestPartition partition, SwapDTO change) {
            write("refused " + change.outcome());
        }

        @Override
        public void timedOut(GuestPartition partition, PlaceDTO place) {
            write("timed out " + place.id() + " " + place.timeouts());
        }

        @Override
        public void degraded(GuestPartition partition, List<String> vacant) {
            write("degraded " + vacant);
        }

        @Override
        public void power(GuestPartition partition, PowerEvent event) {
            write("power " + event.vp());
        }

        private void reads(String... expected) throws InterruptedException {
            for (String line : expected) {
                assertEquals(line, lines.poll(60, TimeUnit.SECONDS));
            }
        }
    }

    private GuestPartition create() throws Exception {
        GuestPartition partition = hypervisor.create(FLAGS, HostedHost.builder().build());
        partition.addVp();
        made.add(partition);
        return partition;
    }

    @BeforeAll
    static void quiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LOG.setLevel(null);
    }

    @AfterEach
    void close() {
        made.forEach(GuestPartition::close);
    }

    @Test
    @DisplayName(
            "A service is told of all partitions, in order: open, swapped with the pause, vacant, timed out, filled, closed")
    void all() throws Exception {
        hypervisor.come(first, 0);
        hypervisor.listen(diary);
        GuestPartition partition = create();
        partition.places().deadline(Duration.ZERO);
        Ledger next = Ledger.full();
        hypervisor.come(next, 1);
        diary.reads(
                "opened 1",
                "swapped, history 1, state " + partition.save().sections().size());
        assertTrue(diary.last.pauseMicros() >= 0);
        assertEquals("hv.ledger 1.1.0", diary.last.to());
        hypervisor.go(first);
        hypervisor.go(next);
        for (int i = 0; i < 11; i++) {
            assertThrows(GuestFault.class, () -> partition.vp(0).readMsr(Ledger.VALUE));
        }
        diary.reads("vacant ledger", "degraded [ledger]", "timed out ledger 1", "timed out ledger 10");
        hypervisor.come(Ledger.full(), 2);
        diary.reads("filled hv.ledger 1.2.0", "degraded []");
        assertFalse(partition.places().swap("ledger", "nobody").succeeded());
        diary.reads("refused no deployed bundle 'nobody' offers hv-ledger; there are [hv.ledger 1.2.0]");
        partition.places().remove("ledger");
        diary.reads("removed ledger");
        partition.places().add("ledger");
        diary.reads("filled hv.ledger 1.2.0");
        partition.close();
        diary.reads("closed 1");
        assertTrue(diary.lines.isEmpty(), diary.lines::toString);
    }

    @Test
    @DisplayName(
            "One that is registered late is told of the partitions that are open, and one that has left of nothing")
    void lateAndGone() throws Exception {
        hypervisor.come(first, 0);
        create();
        GuestPartition second = create();
        hypervisor.listen(diary);
        diary.reads("opened 1", "opened 2");
        hypervisor.unlisten(diary);
        Diary other = new Diary();
        hypervisor.listen(other);
        second.close();
        other.reads("opened 1", "opened 2", "closed 2");
        assertTrue(diary.lines.isEmpty(), diary.lines::toString);
    }

    @Test
    @DisplayName(
            "A listener that hangs keeps neither changes of the partition nor other listeners waiting, and is told what it missed")
    void hangingListener() throws Exception {
        hypervisor.come(first, 0);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch door = new CountDownLatch(1);
        AtomicLong told = new AtomicLong();
        CountDownLatch end = new CountDownLatch(1);
        AtomicLong missed = new AtomicLong();
        hypervisor.listen(new PartitionListener() {
            @Override
            public void opened(GuestPartition partition) {
                entered.countDown();
                boolean isOpen = false;
                while (!isOpen) {
                    try {
                        isOpen = door.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        // It stays.
                    }
                }
            }

            @Override
            public void refused(GuestPartition partition, SwapDTO change) {
                told.incrementAndGet();
            }

            @Override
            public void missed(long events) {
                missed.set(events);
                end.countDown();
            }
        });
        hypervisor.listen(diary);
        GuestPartition partition = create();
        assertTrue(entered.await(60, TimeUnit.SECONDS));
        diary.reads("opened 1");
        int refusals = 2_000;
        for (int i = 0; i < refusals; i++) {
            partition.places().swap("nothing", "");
            diary.reads("refused partition 1 does not have hv-nothing");
        }
        hypervisor.come(Ledger.full(), 1);
        assertEquals("swapped", diary.lines.poll(60, TimeUnit.SECONDS).split(",")[0]);
        door.countDown();
        assertTrue(end.await(60, TimeUnit.SECONDS));
        assertEquals(1024, told.get(), "what waited for it");
        assertEquals(refusals + 1 - 1024, missed.get());
    }

    @Test
    @DisplayName("A guest that crashes or resets in a loop leaves room for what else there is to tell")
    void noisyGuest() throws Exception {
        hypervisor.come(first, 0);
        GuestPartition partition = create();
        CountDownLatch door = new CountDownLatch(1);
        CountDownLatch swapped = new CountDownLatch(1);
        AtomicLong powers = new AtomicLong();
        partition.addListener(new PartitionListener() {
            @Override
            public void power(GuestPartition which, PowerEvent event) {
                powers.incrementAndGet();
                try {
                    door.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void swapped(GuestPartition which, SwapDTO change) {
                swapped.countDown();
            }
        });
        for (int i = 0; i < 5_000; i++) {
            ((PartitionImpl) partition).raise(new PowerEvent.Reset(0));
        }
        hypervisor.come(Ledger.full(), 1);
        door.countDown();
        assertTrue(swapped.await(60, TimeUnit.SECONDS));
        assertTrue(powers.get() >= 512 && powers.get() < 1024, () -> "told " + powers.get());
    }
}
