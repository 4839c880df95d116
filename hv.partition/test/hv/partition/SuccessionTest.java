package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.hosted.HostedHost;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Places follow each other as the Requires graph says, in whatever order versions come and go")
class SuccessionTest {
    /** A diamond with a tail: "left" and "right" require "base", "both" requires them, and "far" requires "both". */
    private static final Map<String, String[]> REQUIRES = new TreeMap<>(Map.of(
            "base", new String[0],
            "left", new String[] {"base"},
            "right", new String[] {"base", "left"},
            "both", new String[] {"left", "right"},
            "far", new String[] {"both"}));

    private static final int ROUNDS = 200;

    private final Map<String, TestEnlightenment> all = new ConcurrentSkipListMap<>();
    private final Versions hypervisor = new Versions();
    private final GuestPartition partition;

    SuccessionTest() throws Exception {
        REQUIRES.forEach((id, requires) -> {
            all.put(id, TestEnlightenment.of(id, requires));
            hypervisor.come(all.get(id), 0);
        });
        String flags = REQUIRES.keySet().stream().map(id -> "hv-" + id).collect(Collectors.joining(","));
        partition = hypervisor.create(
                flags + ",hv-enforce-cpuid", HostedHost.builder().build());
        partition.addVp();
    }

    @AfterEach
    void close() {
        partition.close();
    }

    private void come(String... ids) {
        for (String id : ids) {
            hypervisor.come(all.get(id), 0);
        }
    }

    private void go(String... ids) {
        for (String id : ids) {
            hypervisor.go(all.get(id));
        }
    }

    private TreeSet<String> inPlace() {
        return partition.places().all().stream()
                .filter(slot -> slot.state() == PlaceDTO.State.IN_PLACE)
                .map(PlaceDTO::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> history() {
        return partition.places().history().stream()
                .map(row -> row.kind() + " " + row.id() + (row.succeeded() ? "" : " failed"))
                .toList();
    }

    @Test
    @DisplayName(
            "When one leaves, what requires it leaves before, the furthest first; when it is back, they come back after it")
    void dependentsLeaveFirst() {
        go("base");
        assertEquals(List.of("VACATE far", "VACATE both", "VACATE right", "VACATE left", "VACATE base"), history());
        come("base");
        assertEquals(
                List.of("FILL base", "FILL left", "FILL right", "FILL both", "FILL far"),
                history().subList(5, 10));
    }

    @Test
    @DisplayName("Only what requires it, directly or not, leaves with it")
    void othersStay() {
        go("right");
        assertEquals(new TreeSet<>(List.of("base", "left")), inPlace());
        come("right");
        assertEquals(REQUIRES.keySet(), inPlace());
    }

    @Test
    @DisplayName("What is deployed before what it requires waits for it")
    void dependentsCameFirst() {
        go("left", "base", "far", "both", "right");
        int before = history().size();
        come("far", "both", "left", "right");
        assertEquals(new TreeSet<>(), inPlace());
        assertEquals(before, history().size(), "nothing was tried in vain");
        come("base");
        assertEquals(REQUIRES.keySet(), inPlace());
    }

    @Test
    @DisplayName("The state is kept for each, and a swap by hand waits for what is required too")
    void handsWait() {
        go("base");
        SwapDTO early = partition.places().swap("left", "");
        assertFalse(early.succeeded());
        assertTrue(early.outcome().contains("it requires hv-base, whose place is vacant"), early.outcome());
        come("base");
        assertEquals(REQUIRES.keySet(), inPlace());
    }

    @Test
    @DisplayName("Who leaves only for want of another comes back itself, though a newer version is deployed")
    void theSameComesBack() {
        TestEnlightenment newer = TestEnlightenment.of("far", "both");
        hypervisor.come(newer, 1);
        assertTrue(partition.places().swap("far", "hv.far 1.0.0").succeeded());
        go("base");
        come("base");
        assertEquals("hv.far 1.0.0", bundle("far"));
        go("base");
        hypervisor.go(newer);
        hypervisor.come(newer, 2);
        come("base");
        assertEquals("hv.far 1.2.0", bundle("far"), "it came meanwhile, and takes over as it would have");
        hypervisor.go(all.get("far"));
        assertEquals("hv.far 1.2.0", bundle("far"));
    }

    private String bundle(String id) {
        return partition.places().all().stream()
                .filter(slot -> slot.id().equals(id))
                .findFirst()
                .orElseThrow()
                .bundle();
    }

    @Test
    @DisplayName(
            "Many threads at once: nobody is ever in place without what it requires, and at the end all are as deployed")
    void anyOrderOnAnyThread() throws Exception {
        long seed = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(REQUIRES.size());
        List<Future<?>> done = new ArrayList<>();
        try {
            for (String id : REQUIRES.keySet()) {
                Random random = new Random(seed + id.hashCode());
                done.add(threads.submit(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        go(id);
                        if (random.nextInt(4) == 0) {
                            all.put(id, TestEnlightenment.of(id, REQUIRES.get(id)));
                        }
                        come(id);
                        check("seed " + seed);
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(REQUIRES.keySet(), inPlace(), "seed " + seed);
    }

    /** Goes through what was done, as far back as it is known: who was filled when what it requires was in place. */
    private void check(String where) {
        TreeMap<String, Boolean> known = new TreeMap<>();
        for (SwapDTO row : partition.places().history()) {
            assertTrue(row.succeeded(), () -> where + ": " + row);
            known.put(row.id(), row.kind() != SwapDTO.Kind.VACATE);
            REQUIRES.forEach((id, requires) -> {
                if (known.getOrDefault(id, false)) {
                    for (String other : requires) {
                        assertTrue(
                                known.getOrDefault(other, true), () -> "%s: %s without %s".formatted(where, id, other));
                    }
                }
            });
        }
    }

    @Test
    @DisplayName("Bundles that all go and come in seeded orders leave everything in place")
    void seededOrders() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            List<String> order = new ArrayList<>(REQUIRES.keySet());
            Collections.shuffle(order, new Random(seed));
            order.forEach(this::go);
            assertEquals(new TreeSet<>(), inPlace());
            Collections.shuffle(order, new Random(~seed));
            order.forEach(this::come);
            assertEquals(REQUIRES.keySet(), inPlace(), "seed " + seed);
        }
        check("at the end");
    }
}
