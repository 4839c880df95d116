package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import hv.api.SavedState;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.MsrRange.Access;
import hv.api.enlightenment.Privilege;
import hv.api.host.GuestPartition;
import hv.hosted.HostedHost;
import hv.partition.places.SwapHistory;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("One version of an enlightenment takes over from another under a running guest")
class SwapTest {
    private final HostedHost host = HostedHost.builder().build();
    private final Versions hypervisor = new Versions();
    private final Ledger first = Ledger.full();
    private GuestPartition partition;

    private GuestPartition start() throws Exception {
        hypervisor.come(first, 0);
        partition = hypervisor.create("hv-ledger,hv-enforce-cpuid", host);
        partition.addVp();
        partition.addVp();
        partition.vp(0).writeMsr(Ledger.VALUE, 10);
        partition.vp(1).writeMsr(Ledger.VALUE, 11);
        return partition;
    }

    @AfterEach
    void close() {
        if (partition != null) {
            partition.close();
        }
    }

    private SwapDTO last() {
        List<SwapDTO> history = partition.places().history();
        return history.get(history.size() - 1);
    }

    private static Thread started(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        return thread;
    }

    @Test
    @DisplayName("A newer version that is deployed takes over, with the state of the older one, which is closed")
    void newerVersionTakesOver() throws Exception {
        start();
        partition.service("ledger", Ledger.Adder.class).orElseThrow().add(5);
        hypervisor.come(Ledger.full(), 1);
        assertTrue(last().succeeded(), last().outcome());
        assertEquals(SwapDTO.Kind.SWAP, last().kind());
        assertEquals("hv.ledger 1.0.0", last().from());
        assertEquals("hv.ledger 1.1.0", last().to());
        assertEquals(3 * Long.BYTES, last().stateBytes());
        assertEquals(10, partition.vp(0).readMsr(Ledger.VALUE));
        assertEquals(11, partition.vp(1).readMsr(Ledger.VALUE));
        assertEquals(1, first.closed.get());
        assertEquals("hv.ledger 1.1.0", partition.places().all().get(0).bundle());
    }

    @Test
    @DisplayName("An older version that is deployed changes nothing, and takes over when somebody asks for it by name")
    void olderVersionWaits() throws Exception {
        start();
        hypervisor.come(Ledger.full(), 2);
        Ledger old = Ledger.full();
        hypervisor.come(old, 1);
        assertEquals("hv.ledger 1.2.0", last().to());
        SwapDTO asked = partition.places().swap("ledger", "hv.ledger 1.1.0");
        assertTrue(asked.succeeded(), asked.outcome());
        assertEquals(10, partition.vp(0).readMsr(Ledger.VALUE));
        assertFalse(partition.places().swap("ledger", "hv.ledger 9.9.9").succeeded());
        assertFalse(partition.places().swap("nobody", "").succeeded());
    }

    @Test
    @DisplayName("What host-side code holds stays good: each call reaches the version in place")
    void serviceOutlivesVersions() throws Exception {
        start();
        Ledger.Adder adder = partition.service("ledger", Ledger.Adder.class).orElseThrow();
        adder.add(5);
        hypervisor.come(Ledger.full(), 1);
        assertEquals(12, adder.add(7));
        assertSame(Boolean.TRUE, adder.equals(adder));
    }

    @Test
    @DisplayName("A successor that answers less than its predecessor is refused, with what it lacks")
    void smallerSurfaceIsRefused() throws Exception {
        start();
        var msrs = first.descriptor().msrs();
        var calls = first.descriptor().hypercalls();
        var bits = first.descriptor().cpuid();
        Privilege free = Privilege.NONE;
        refuses(Ledger.of(bits, List.of(), calls), "does not answer reads and writes of MSR 0x40000011");
        refuses(
                Ledger.of(bits, List.of(MsrRange.of(Ledger.VALUE, "VALUE", Access.READ_ONLY, free)), calls),
                "does not answer reads and writes of MSR 0x40000011");
        refuses(
                Ledger.of(
                        bits,
                        List.of(MsrRange.of(Ledger.VALUE, "VALUE", Access.READ_WRITE, Privilege.of(Ledger.OTHER_BIT))),
                        calls),
                "does not answer reads and writes of MSR 0x40000011");
        refuses(Ledger.of(bits, msrs, List.of()), "does not take call 0x0044");
        refuses(
                Ledger.of(bits, msrs, List.of(HypercallSpec.simple(Ledger.CODE, "Count", 16, free))),
                "does not take call 0x0044");
        refuses(Ledger.of(List.of(), msrs, calls), "does not show 0x40000003.EBX[9]");
        refuses(Ledger.of(bits, msrs, calls, "absent"), "requires hv-absent");
        assertEquals(10, partition.vp(0).readMsr(Ledger.VALUE));
        assertEquals(0, first.closed.get());
    }

    private int minor = 1;

    private void refuses(Ledger bad, String reason) throws Exception {
        hypervisor.come(bad, minor++);
        assertFalse(last().succeeded());
        assertTrue(last().outcome().contains(reason), last().outcome());
        assertEquals("hv.ledger 1.0.0", partition.places().all().get(0).bundle());
        hypervisor.go(bad);
    }

    @Test
    @DisplayName("A successor may answer more")
    void largerSurfaceIsTaken() throws Exception {
        start();
        assertThrows(GuestFault.class, () -> partition.vp(0).readMsr(Ledger.MORE));
        hypervisor.come(
                Ledger.of(
                        first.descriptor().cpuid(),
                        List.of(new MsrRange(Ledger.VALUE, Ledger.MORE, "VALUE", Access.READ_WRITE, Privilege.NONE)),
                        first.descriptor().hypercalls()),
                1);
        assertEquals(10, partition.vp(0).readMsr(Ledger.MORE));
    }

    @Test
    @DisplayName("A successor that fails to attach or to restore is closed and forgotten; nothing is lost")
    void failureKeepsTheOldOne() throws Exception {
        start();
        SavedState before = partition.save();
        fails(Ledger.full().attachesBadly(), "told not to attach", 0);
        fails(Ledger.full().restoresBadly(), "told not to restore", 1);
        List<SavedState.Section> sections = partition.save().sections();
        assertEquals(before.sections().get(before.sections().size() - 1), sections.get(sections.size() - 1));
        assertEquals(10, partition.vp(0).readMsr(Ledger.VALUE));
        assertEquals(0, first.closed.get());
        assertEquals(PlaceDTO.State.IN_PLACE, partition.places().all().get(0).state());
    }

    private void fails(Ledger bad, String reason, int closed) throws Exception {
        hypervisor.come(bad, minor++);
        assertFalse(last().succeeded());
        assertTrue(last().outcome().contains(reason), last().outcome());
        assertEquals(1, last().outcome().lines().count());
        assertEquals(closed, bad.closed.get());
        hypervisor.go(bad);
    }

    @Test
    @DisplayName("A predecessor whose state cannot be saved stays")
    void unsavableStays() throws Exception {
        Ledger stubborn = Ledger.full().savesBadly();
        hypervisor.come(stubborn, 0);
        partition = hypervisor.create("hv-ledger,hv-enforce-cpuid", host);
        partition.addVp().writeMsr(Ledger.VALUE, 3);
        hypervisor.come(Ledger.full(), 1);
        assertFalse(last().succeeded());
        assertTrue(last().outcome().contains("told not to save"), last().outcome());
        assertEquals(3, partition.vp(0).readMsr(Ledger.VALUE));
    }

    @Test
    @DisplayName("Doorbells and alarms of versions that left are given back: 1,000 swaps need no more than two")
    void nothingAccumulates() throws Exception {
        start();
        for (int i = 0; i < 1_000; i++) {
            SwapDTO swap = partition.places().swap("ledger", "");
            assertTrue(swap.succeeded(), swap.outcome());
        }
        assertEquals(SwapHistory.MOST, partition.places().history().size() + SwapHistory.MOST - 1_000);
        assertEquals(11, partition.vp(1).readMsr(Ledger.VALUE));
        assertEquals(2_000, first.closed.get(), "each predecessor, and each that rehearsed");
        for (int i = 0; i < 100; i++) {
            partition.places().swap("ledger", "");
        }
        assertEquals(SwapHistory.MOST, partition.places().history().size(), "the history is bounded");
    }

    @Test
    @DisplayName(
            "VPs that run on their own threads lose no write and host-side code loses no call, whenever a swap comes")
    void runningVpsLoseNothing() throws Exception {
        start();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        Driver one = new Driver(0, goesOn);
        Driver two = new Driver(1, goesOn);
        Ledger.Adder adder = partition.service("ledger", Ledger.Adder.class).orElseThrow();
        long before = adder.add(0);
        long[] added = new long[1];
        Thread outside = started(() -> {
            while (goesOn.get()) {
                adder.add(1);
                added[0]++;
            }
        });
        for (int i = 0; i < 2_000; i++) {
            SwapDTO swap = partition.places().swap("ledger", "");
            assertTrue(swap.succeeded(), swap.outcome());
        }
        goesOn.set(false);
        one.finish();
        two.finish();
        outside.join();
        assertEquals(before + added[0], adder.add(0));
    }

    /** The thread of a VP: writes, reads back, comes by. */
    private final class Driver {
        private final Thread thread;
        private volatile String complaint = "";

        Driver(int vp, AtomicBoolean goesOn) throws Exception {
            CountDownLatch runs = new CountDownLatch(1);
            thread = started(() -> {
                long n = 0;
                try {
                    while (goesOn.get() && complaint.isEmpty()) {
                        partition.vp(vp).drain();
                        runs.countDown();
                        partition.vp(vp).writeMsr(Ledger.VALUE, ++n);
                        partition.vp(vp).drain();
                        long read = partition.vp(vp).readMsr(Ledger.VALUE);
                        if (read != n) {
                            complaint = "wrote " + n + ", read " + read;
                        }
                    }
                } catch (GuestFault | RuntimeException e) {
                    complaint = e.toString();
                }
            });
            runs.await();
        }

        void finish() throws InterruptedException {
            thread.join();
            assertEquals("", complaint);
        }
    }

    @Test
    @DisplayName("Host-side code that is inside is waited for, and a swap it holds up too long is not made")
    void hostSideCodeIsWaitedFor() throws Exception {
        start();
        Ledger.Adder adder = partition.service("ledger", Ledger.Adder.class).orElseThrow();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch door = new CountDownLatch(1);
        Thread inside = started(() -> adder.dwell(entered, door));
        entered.await();
        SwapDTO swap = partition.places().swap("ledger", "");
        assertFalse(swap.succeeded());
        assertTrue(swap.outcome().contains("does not come out"), swap.outcome());
        door.countDown();
        inside.join();
        assertTrue(partition.places().swap("ledger", "").succeeded());
    }

    @Test
    @DisplayName("A VP whose thread does not come to a safe point in time keeps the old version in place")
    void vpThatDoesNotCome() throws Exception {
        start();
        CountDownLatch driven = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread busy = started(() -> {
            partition.vp(1).drain();
            driven.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        driven.await();
        SwapDTO swap = partition.places().swap("ledger", "");
        assertFalse(swap.succeeded());
        assertTrue(swap.outcome().contains("VP 1 did not come to a safe point"), swap.outcome());
        end.countDown();
        busy.join();
        assertTrue(partition.places().swap("ledger", "").succeeded(), "a thread that has ended holds nobody up");
    }

    @Test
    @DisplayName("Tasks and doorbells rung before a swap are answered after it")
    void pendingWorkSurvives() throws Exception {
        start();
        var task = partition.vp(0).submit(() -> partition.vp(0).readMsr(Ledger.VALUE));
        hypervisor.come(Ledger.full(), 1);
        partition.vp(0).drain();
        assertEquals(10, task.get());
        assertThrows(ExecutionException.class, () -> {
            var late = partition.vp(0).submit(() -> 1);
            partition.close();
            late.get();
        });
    }
}
