package hv.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.testkit.Deployed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Our guest on every enlightenment there is, stopped, saved and continued elsewhere. */
class HostedMachineTest {
    private static final int POINTS = 200;

    private static Deployed deployed;

    @BeforeAll
    static void deploy() throws IOException {
        deployed = new Deployed();
    }

    @AfterAll
    static void close() throws IOException {
        deployed.close();
    }

    private static TestMachine machine() throws Exception {
        return new TestMachine(deployed.hypervisor());
    }

    @Test
    @DisplayName("A guest saved between any two instructions goes on in another machine, to its successful end")
    void randomPoints() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        long rounds;
        try (TestMachine whole = machine()) {
            assertEquals(0, whole.machine.run(), whole.report());
            rounds = whole.rounds();
        }
        System.out.println("seed " + seed + ", a run has " + rounds + " rounds");
        for (int i = 0; i < POINTS; i++) {
            long round = i == 0 ? 0 : random.nextLong(rounds);
            try (TestMachine first = machine().stoppingAt(round);
                    TestMachine second = machine()) {
                assertEquals(HostedGuest.STOPPED, first.machine.run(), first.report());
                second.takeOver(first);
                String where = "seed " + seed + " round " + round + "\n" + first.report() + second.report();
                int code = second.machine.run();
                String both = where + second.report();
                assertEquals(0, code, both);
                assertTrue(second.report().contains(" 0 failed"), both);
            }
        }
    }

    @Test
    @DisplayName("What a restored machine saves at once is what it was given, but for the time that has passed")
    void saveRestoreSave() throws Exception {
        try (TestMachine first = machine().stoppingAt(3_000);
                TestMachine second = machine()) {
            first.machine.run();
            second.takeOver(first);
            second.machine.pause();
            assertEquals(first.machine.save(), second.machine.save());
            assertEquals(first.partition.save(), second.partition.save());
        }
    }

    @Test
    @DisplayName("A paused guest stands still until it is resumed, and then ends successfully")
    void pause() throws Exception {
        try (TestMachine test = machine()) {
            test.machine.pause();
            CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(test.machine::run);
            test.machine.pause();
            SavedState before = test.machine.save();
            assertEquals(before, test.machine.save());
            assertEquals("", test.report());
            test.machine.resume();
            assertEquals(0, ended.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("A stop ends a paused guest")
    void stopWhilePaused() throws Exception {
        try (TestMachine test = machine()) {
            test.machine.pause();
            CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(test.machine::run);
            test.machine.stop();
            assertEquals(HostedGuest.STOPPED, ended.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("A reset guest boots anew, with its RAM and its enlightenments as after power-on")
    void reset() throws Exception {
        try (TestMachine test = machine()) {
            SavedState fresh = test.partition.save();
            test.machine.pause();
            test.machine.memory().putLong(HostedPlatform.SHARED, 42);
            test.partition.vp(0).writeMsr(0x4000_0000, 7);
            test.machine.reset();
            assertEquals(0, test.machine.memory().getLong(HostedPlatform.SHARED));
            assertEquals(fresh, test.partition.save());
            test.machine.resume();
            assertEquals(0, test.machine.run());
        }
    }

    @Test
    @DisplayName("A state with a value out of range is refused by name and changes nothing")
    void damagedState() throws Exception {
        try (TestMachine source = machine().stoppingAt(3_000);
                TestMachine target = machine()) {
            source.machine.run();
            source.machine.pause();
            target.machine.pause();
            SavedState before = target.machine.save();
            List<Section> sections = source.machine.save().sections();
            for (int i = 0; i < sections.size(); i++) {
                for (String name : sections.get(i).values().keySet()) {
                    refuse(target, with(sections, i, without(sections.get(i), name)), name);
                }
            }
            Section cpu = sections.stream()
                    .filter(section -> section.values().containsKey("Place"))
                    .findFirst()
                    .orElseThrow();
            SavedState nowhere = with(sections, sections.indexOf(cpu), changed(cpu, "Place", 4));
            refuse(target, nowhere, "Place 4 is not an instruction of the part");
            refuse(target, new SavedState(sections.subList(1, sections.size())), "section tsc is missing");
            assertEquals(before, target.machine.save());
        }
    }

    private static void refuse(TestMachine target, SavedState state, String wanted) {
        StateException refused = assertThrows(StateException.class, () -> target.machine.restore(state));
        assertTrue(refused.getMessage().contains(wanted), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
    }

    private static SavedState with(List<Section> sections, int index, Section changed) {
        List<Section> all = new ArrayList<>(sections);
        all.set(index, changed);
        return new SavedState(all);
    }

    private static Section without(Section section, String name) {
        Map<String, Long> values = new TreeMap<>(section.values());
        values.remove(name);
        return new Section(section.id(), section.vp(), section.version(), values, section.bytes());
    }

    private static Section changed(Section section, String name, long value) {
        Map<String, Long> values = new TreeMap<>(section.values());
        values.put(name, value);
        return new Section(section.id(), section.vp(), section.version(), values, section.bytes());
    }
}
