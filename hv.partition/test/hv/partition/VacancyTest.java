package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.hosted.HostedHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A place that nobody is in")
class VacancyTest {
    private static final long BASE = 0x8100L << 48;

    private final HostedHost host = HostedHost.builder().build();
    private final Versions hypervisor = new Versions();
    private final Ledger first = Ledger.full();
    private final ExecutorService vpThread = Executors.newSingleThreadExecutor();
    private GuestPartition partition;

    private void start(String flags) throws Exception {
        hypervisor.come(first, 0);
        partition = hypervisor.create(flags, host);
        partition.addVp();
        partition.vp(0).writeMsr(0x4000_0000, BASE);
    }

    private void startPromised() throws Exception {
        start("hv-ledger,hv-enforce-cpuid");
        partition.vp(0).writeMsr(Ledger.VALUE, 10);
    }

    @AfterEach
    void close() {
        partition.close();
        vpThread.shutdownNow();
    }

    private PlaceDTO slot() {
        return partition.places().all().get(0);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it never came");
            Thread.yield();
        }
    }

    private Future<Long> readOnVpThread() {
        return vpThread.submit(() -> {
            partition.vp(0).drain();
            return partition.vp(0).readMsr(Ledger.VALUE);
        });
    }

    @Test
    @DisplayName("A VP that touches it waits, and goes on with the state kept when a successor comes")
    void vpWaitsForTheSuccessor() throws Exception {
        startPromised();
        hypervisor.go(first);
        assertEquals(PlaceDTO.State.VACANT, slot().state());
        assertEquals(2 * Long.BYTES, slot().stateBytes());
        assertEquals(1, first.closed.get() - 1, "the one in place, and the one that showed what fresh is");
        Future<Long> value = readOnVpThread();
        await(() -> slot().waitingVps() == 1);
        hypervisor.come(Ledger.full(), 0);
        assertEquals(10, value.get());
        assertEquals(PlaceDTO.State.IN_PLACE, slot().state());
        assertEquals(0, slot().waitingVps());
        assertEquals(
                List.of(SwapDTO.Kind.VACATE, SwapDTO.Kind.FILL),
                partition.places().history().stream().map(SwapDTO::kind).toList());
    }

    @Test
    @DisplayName("Without a successor by the deadline an MSR is #GP and a call ends with HV_STATUS_TIME_OUT")
    void deadline() throws Exception {
        startPromised();
        partition.places().deadline(Duration.ofMillis(5));
        hypervisor.go(first);
        assertThrows(GuestFault.class, () -> partition.vp(0).readMsr(Ledger.VALUE));
        assertThrows(GuestFault.class, () -> partition.vp(0).writeMsr(Ledger.VALUE, 3));
        Registers call = Registers.of64(Ledger.CODE, 0, 0);
        partition.vp(0).hypercall(call);
        assertEquals(HvStatus.TIME_OUT, call.rax());
        assertEquals(3, slot().timeouts());
        hypervisor.come(Ledger.full(), 0);
        assertEquals(10, partition.vp(0).readMsr(Ledger.VALUE), "a successor may still come");
        assertThrows(IllegalArgumentException.class, () -> partition.places().deadline(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> partition.places().deadline(Duration.ofHours(1)));
    }

    @Test
    @DisplayName("A call that waits is carried out by the successor")
    void callWaits() throws Exception {
        startPromised();
        hypervisor.go(first);
        Future<Long> status = vpThread.submit(() -> {
            Registers call = Registers.of64(Ledger.CODE, 0, 0);
            partition.vp(0).drain();
            partition.vp(0).hypercall(call);
            return call.rax();
        });
        await(() -> slot().waitingVps() == 1);
        hypervisor.come(Ledger.full(), 0);
        assertEquals(HvStatus.SUCCESS, status.get());
    }

    @Test
    @DisplayName("Closing the partition ends all waiting")
    void closingEndsWaiting() throws Exception {
        startPromised();
        hypervisor.go(first);
        Future<Long> value = readOnVpThread();
        await(() -> slot().waitingVps() == 1);
        partition.close();
        assertTrue(assertThrows(ExecutionException.class, value::get).getCause() instanceof GuestFault);
    }

    @Test
    @DisplayName(
            "So does the VMM's word that it is stopping, for VPs and for host-side code; nobody waits after it, and nothing is logged")
    void stoppingEndsWaiting() throws Exception {
        startPromised();
        Ledger.Adder adder = partition.service("ledger", Ledger.Adder.class).orElseThrow();
        partition.places().deadline(Duration.ofMinutes(10));
        hypervisor.go(first);
        Future<Long> value = readOnVpThread();
        CompletableFuture<Long> sum = CompletableFuture.supplyAsync(() -> adder.add(3));
        await(() -> slot().waitingVps() == 1);
        partition.stopping();
        assertTrue(assertThrows(ExecutionException.class, value::get).getCause() instanceof GuestFault);
        assertTrue(assertThrows(ExecutionException.class, sum::get).getCause() instanceof IllegalStateException);
        assertThrows(GuestFault.class, () -> partition.vp(0).readMsr(Ledger.VALUE));
        assertThrows(IllegalStateException.class, () -> adder.add(1));
        assertEquals(0, slot().timeouts());
    }

    @Test
    @DisplayName(
            "The VMM's code on a VP's thread waits too, and is at a safe point meanwhile; what a handler calls does not")
    void deviceOnVpThreadWaits() throws Exception {
        startPromised();
        hypervisor.go(first);
        Ledger.Adder adder = partition.service("ledger", Ledger.Adder.class).orElseThrow();
        partition.places().deadline(Duration.ofMinutes(10));
        CompletableFuture<Long> inDrain = partition.vp(0).submit(() -> adder.add(1));
        Future<Long> sum = vpThread.submit(() -> {
            partition.vp(0).drain();
            return adder.add(3);
        });
        assertTrue(assertThrows(ExecutionException.class, inDrain::get).getCause() instanceof IllegalStateException);
        // Whether it waits already or comes later, the VP hinders nobody.
        hypervisor.come(Ledger.full(), 0);
        assertEquals(3, sum.get());
    }

    @Test
    @DisplayName("Host-side code waits too, and fails after the deadline")
    void hostSideCodeWaits() throws Exception {
        startPromised();
        Ledger.Adder adder = partition.service("ledger", Ledger.Adder.class).orElseThrow();
        adder.add(4);
        hypervisor.go(first);
        CompletableFuture<Long> sum = CompletableFuture.supplyAsync(() -> adder.add(3), vpThread);
        Ledger second = Ledger.full();
        hypervisor.come(second, 0);
        assertEquals(7, sum.get());
        partition.places().deadline(Duration.ZERO);
        hypervisor.go(second);
        assertThrows(IllegalStateException.class, () -> adder.add(1));
    }

    @Test
    @DisplayName("If another version is deployed, it takes over at once instead")
    void anotherVersionFollows() throws Exception {
        startPromised();
        Ledger newer = Ledger.full();
        hypervisor.come(newer, 1);
        hypervisor.go(newer);
        assertEquals("hv.ledger 1.0.0", slot().bundle());
        assertEquals(PlaceDTO.State.IN_PLACE, slot().state());
        assertEquals(10, partition.vp(0).readMsr(Ledger.VALUE));
    }

    @Test
    @DisplayName(
            "Saving takes what is kept, and notes that the place is vacant; restoring is refused, since nobody can check it; a reset leaves the state of a fresh one")
    void stateOfAVacantPlace() throws Exception {
        startPromised();
        SavedState before = partition.save();
        hypervisor.go(first);
        List<SavedState.Section> after = new ArrayList<>(partition.save().sections());
        assertEquals("vacant", after.remove(after.size() - 1).id());
        assertEquals(before.sections(), after);
        assertTrue(assertThrows(StateException.class, () -> partition.restore(before))
                .getMessage()
                .contains("ledger is vacant"));
        partition.reset();
        hypervisor.come(Ledger.full(), 0);
        assertEquals(0, partition.vp(0).readMsr(Ledger.VALUE));
    }

    @Test
    @DisplayName("If the leaving bundle cannot save its state, the successor starts fresh and the history says so")
    void lostState() throws Exception {
        hypervisor.come(first, 0);
        Ledger stubborn = Ledger.full().savesBadly();
        Versions other = new Versions().come(stubborn, 0);
        partition = other.create("hv-ledger,hv-enforce-cpuid", host);
        partition.addVp().writeMsr(Ledger.VALUE, 10);
        other.go(stubborn);
        List<SwapDTO> history = partition.places().history();
        assertTrue(history.get(history.size() - 1).outcome().contains("could not be saved"));
        other.come(Ledger.full(), 1);
        assertEquals(PlaceDTO.State.IN_PLACE, slot().state());
        assertEquals(0, partition.vp(0).readMsr(Ledger.VALUE));
    }

    @Test
    @DisplayName("What the guest was not promised goes at once, and is back after a reset")
    void notPromised() throws Exception {
        TestEnlightenment other = TestEnlightenment.of("other");
        hypervisor.come(other, 0);
        start("hv-other");
        partition.vp(0).writeMsr(Ledger.VALUE, 10);
        assertFalse(slot().promised());
        hypervisor.go(first);
        assertEquals(PlaceDTO.State.REMOVED, slot().state());
        assertThrows(GuestFault.class, () -> partition.vp(0).readMsr(Ledger.VALUE));
        hypervisor.come(Ledger.full(), 1);
        assertThrows(GuestFault.class, () -> partition.vp(0).readMsr(Ledger.VALUE));
        partition.reset();
        assertEquals(0, partition.vp(0).readMsr(Ledger.VALUE));
    }

    @Test
    @DisplayName("What comes while CPUID is not enforced and was never there is attached after a reset")
    void newcomer() throws Exception {
        TestEnlightenment other = TestEnlightenment.of("other");
        hypervisor.come(other, 0);
        partition = hypervisor.create("hv-other", host);
        partition.addVp();
        hypervisor.come(first, 0);
        assertThrows(GuestFault.class, () -> partition.vp(0).readMsr(Ledger.VALUE));
        partition.reset();
        partition.vp(0).writeMsr(Ledger.VALUE, 4);
        assertEquals(4, partition.vp(0).readMsr(Ledger.VALUE));
    }

    @Test
    @DisplayName("Removing says first what the guest will see; afterwards it sees that; adding brings it back fresh")
    void removeAndAdd() throws Exception {
        startPromised();
        List<String> lines = partition.places().consequencesOfRemoving("ledger");
        assertEquals(
                List.of(
                        "reads and writes of 0x40000011 (VALUE) end in #GP",
                        "call 0x0044 (Count) ends with HV_STATUS_INVALID_HYPERCALL_CODE",
                        "CPUID 0x40000003.EBX[9] (Ledger), which it has read, promises what is gone"),
                lines);
        assertThrows(IllegalArgumentException.class, () -> partition.places().add("ledger"));
        partition.places().remove("ledger");
        assertEquals(PlaceDTO.State.REMOVED, slot().state());
        assertThrows(GuestFault.class, () -> partition.vp(0).readMsr(Ledger.VALUE));
        Registers call = Registers.of64(Ledger.CODE, 0, 0);
        partition.vp(0).hypercall(call);
        assertEquals(HvStatus.INVALID_HYPERCALL_CODE, call.rax());
        assertEquals(List.of(), partition.places().consequencesOfRemoving("ledger"));
        assertThrows(IllegalArgumentException.class, () -> partition.places().remove("ledger"));
        assertThrows(IllegalArgumentException.class, () -> partition.places().add("nobody"));
        partition.places().add("ledger");
        assertEquals(0, partition.vp(0).readMsr(Ledger.VALUE));
    }

    @Test
    @DisplayName("What requires the one removed goes with it")
    void dependentsGo() throws Exception {
        TestEnlightenment dependent = TestEnlightenment.of("dependent", "ledger");
        hypervisor.come(dependent, 0);
        start("hv-ledger,hv-dependent,hv-enforce-cpuid");
        assertTrue(partition
                .places()
                .consequencesOfRemoving("ledger")
                .contains("hv-dependent requires it and goes with it"));
        partition.places().remove("ledger");
        assertEquals(
                List.of("dependent", "ledger"),
                partition.places().history().stream().map(SwapDTO::id).toList());
        assertTrue(partition.places().all().stream().allMatch(slot -> slot.state() == PlaceDTO.State.REMOVED));
    }
}
