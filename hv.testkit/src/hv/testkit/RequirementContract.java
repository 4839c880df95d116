package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.dto.PlaceDTO;
import hv.api.dto.RouteDTO;
import hv.api.dto.SwapDTO;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.GuestPartition;
import hv.hosted.Interrupt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * An enlightenment and what it requires leave and come back under a guest that uses them, and the guest loses nothing
 * by it.
 */
public interface RequirementContract extends ContractSubject {
    /** How often each of them leaves. */
    int ROUNDS = 200;

    /** How often a guest is saved while some are away. */
    int SAVES = 50;

    /** What it does before. */
    int STEPS_BEFORE_A_SAVE = 100;

    @Test
    @DisplayName(
            "contract: a guest sees the same whether or not this and what it requires leave and come back, in any order, at random moments")
    default void leavingIsNotSeen() {
        for (String more : List.of("hv-enforce-cpuid", "")) {
            long seed = System.nanoTime();
            try (FailureWatch watch = new FailureWatch();
                    Guest undisturbed = guest(more).identify();
                    Guest disturbed = guest(more).identify()) {
                // Nobody touches what is away, and who did would know at once.
                disturbed.partition().places().deadline(Duration.ZERO);
                List<Descriptor> known = List.copyOf(known().values());
                Random moments = new Random(seed);
                RandomProgram one = new RandomProgram(seed, known);
                RandomProgram two = new RandomProgram(seed, known);
                for (int round = 0; round < ROUNDS * known.size(); round++) {
                    String where = "round %d, seed %d %s".formatted(round, seed, more);
                    int vp = moments.nextInt(VPS);
                    for (int step = moments.nextInt(4); step >= 0; step--) {
                        assertEquals(one.step(undisturbed, vp, true), two.step(disturbed, vp, true), where);
                    }
                    List<String> leaving = leaving(known, round, moments);
                    leaving.forEach(disturbed::withdraw);
                    if (moments.nextBoolean()) {
                        RandomProgram.Access access = one.draw();
                        RandomProgram.Access same = two.draw();
                        if (!away(leaving).contains(access.owner())) {
                            assertEquals(
                                    access.deed().on(undisturbed, vp),
                                    same.deed().on(disturbed, vp),
                                    where + ", without " + leaving);
                        }
                    } else {
                        undisturbed.advance100ns(one.time());
                        disturbed.advance100ns(two.time());
                    }
                    Collections.shuffle(leaving, moments);
                    leaving.forEach(id -> disturbed.deploy(fresh(id)));
                    assertEquals(interruptsByVp(undisturbed), interruptsByVp(disturbed), where);
                }
                Twins.assertEqual(undisturbed, disturbed, "seed " + seed + " " + more);
                watch.assertNone("seed " + seed);
            }
        }
    }

    /** In the order in which each VP got them; which VP was first is nobody's promise. */
    private static List<Interrupt> interruptsByVp(Guest guest) {
        return guest.takeInterrupts().stream()
                .sorted(Comparator.comparingInt(Interrupt::vp))
                .toList();
    }

    @Test
    @DisplayName(
            "contract: VPs at work while this and what it requires leave and come back wait, and each of their accesses is made once")
    default void accessesAreMadeOnce() throws InterruptedException {
        long seed = System.nanoTime();
        try (FailureWatch watch = new FailureWatch();
                Guest guest = guest("hv-enforce-cpuid").identify()) {
            GuestPartition partition = guest.partition();
            partition.places().deadline(Duration.ofMinutes(10));
            List<Descriptor> known = List.copyOf(known().values());
            List<VpAtWork> vps = new ArrayList<>();
            for (int vp = 0; vp < VPS; vp++) {
                vps.add(new VpAtWork(guest, vp, new RandomProgram(seed + vp, known)));
            }
            Random random = new Random(seed);
            for (int round = 0; round < ROUNDS * known.size(); round++) {
                List<String> leaving = leaving(known, round, random);
                leaving.forEach(guest::withdraw);
                Collections.shuffle(leaving, random);
                leaving.forEach(id -> guest.deploy(fresh(id)));
            }
            for (VpAtWork vp : vps) {
                vp.finish();
            }
            for (SwapDTO change : partition.places().history()) {
                assertTrue(change.succeeded(), () -> "seed " + seed + ": " + change);
            }
            for (PlaceDTO slot : partition.places().all()) {
                assertEquals(PlaceDTO.State.IN_PLACE, slot.state(), () -> "seed " + seed + ": " + slot);
                assertEquals(0, slot.timeouts(), () -> "seed " + seed + ": " + slot);
            }
            assertEquals(
                    vps.stream().mapToLong(VpAtWork::accesses).sum(),
                    partition.inspect().msrs().stream()
                            .filter(route -> known().containsKey(route.owner()))
                            .mapToLong(RequirementContract::uses)
                            .sum(),
                    "MSRs accessed, seed " + seed);
            watch.assertNone("seed " + seed);
        }
    }

    @Test
    @DisplayName(
            "contract: a guest that is saved while this and what it requires are away, and restored where they are there, sees what it would have seen")
    default void savedWhileAway() {
        for (int round = 0; round < SAVES; round++) {
            long seed = System.nanoTime();
            try (FailureWatch watch = new FailureWatch();
                    Guest undisturbed = guest("hv-enforce-cpuid").identify();
                    Guest disturbed = guest("hv-enforce-cpuid").identify();
                    Guest expected = guest("hv-enforce-cpuid");
                    Guest actual = guest("hv-enforce-cpuid")) {
                List<Descriptor> known = List.copyOf(known().values());
                Random random = new Random(seed);
                RandomProgram one = new RandomProgram(seed, known);
                RandomProgram two = new RandomProgram(seed, known);
                for (int step = 0; step < STEPS_BEFORE_A_SAVE; step++) {
                    int vp = random.nextInt(VPS);
                    assertEquals(one.step(undisturbed, vp, true), two.step(disturbed, vp, true), "seed " + seed);
                }
                leaving(known, round, random).forEach(disturbed::withdraw);
                for (int vp = 0; vp < VPS; vp++) {
                    int vector = random.nextInt(256);
                    undisturbed.partition().vp(vp).endOfInterrupt(vector);
                    disturbed.partition().vp(vp).endOfInterrupt(vector);
                }
                long time = one.time();
                undisturbed.advance100ns(time);
                disturbed.advance100ns(time);
                moveTo(expected, undisturbed);
                moveTo(actual, disturbed);
                List<Interrupt> whole = interruptsByVp(undisturbed, expected);
                assertEquals(whole, interruptsByVp(disturbed, actual), "seed " + seed);
                Twins.assertEqual(expected, actual, "seed " + seed);
                watch.assertNone("seed " + seed);
            }
        }
    }

    private static void moveTo(Guest to, Guest from) {
        to.host().setGuestTsc(from.host().guestTsc());
        to.copyMemory(from);
        to.restore(from.save());
        to.advance100ns(1);
    }

    /** What a guest got before it was moved and afterwards. */
    private static List<Interrupt> interruptsByVp(Guest before, Guest after) {
        List<Interrupt> all = new ArrayList<>(before.takeInterrupts());
        all.addAll(after.takeInterrupts());
        all.sort(Comparator.comparingInt(Interrupt::vp));
        return all;
    }

    private static long uses(RouteDTO route) {
        return route.reads() + route.writes() + route.refused();
    }

    /** Whose turn it is to leave, and now and then others too, in random order. */
    private static List<String> leaving(List<Descriptor> known, int round, Random random) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < known.size(); i++) {
            if (i == round % known.size() || random.nextInt(4) == 0) {
                ids.add(known.get(i).id());
            }
        }
        Collections.shuffle(ids, random);
        return ids;
    }

    /** Those who are away when these have left: whoever requires one that is away. */
    private Set<String> away(List<String> leaving) {
        Set<String> away = new TreeSet<>(leaving);
        boolean isMore = true;
        while (isMore) {
            isMore = false;
            for (Descriptor descriptor : known().values()) {
                isMore |= descriptor.requires().stream().anyMatch(away::contains) && away.add(descriptor.id());
            }
        }
        return away;
    }

    /** This and what it requires, by id. */
    private Map<String, Descriptor> known() {
        Map<String, Descriptor> known = new LinkedHashMap<>();
        List<Enlightenment> all = new ArrayList<>(required());
        all.add(enlightenment());
        all.forEach(each -> known.put(each.descriptor().id(), each.descriptor()));
        return known;
    }

    /** A new object of one of them. */
    private Enlightenment fresh(String id) {
        List<Enlightenment> all = new ArrayList<>(required());
        all.add(enlightenment());
        return all.stream()
                .filter(each -> each.descriptor().id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
