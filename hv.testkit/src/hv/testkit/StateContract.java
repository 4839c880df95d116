package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Reset is fresh; restore gives back what save took; damaged state is refused and changes nothing. */
public interface StateContract extends ContractSubject {
    /** Length of the random programs that bring a guest into some state. */
    int STATE_STEPS = 300;

    @Test
    @DisplayName("contract: after any program, reset gives the state and the MSR values of a fresh guest")
    default void resetIsFresh() {
        long seed = System.nanoTime();
        try (Guest fresh = guest("");
                Guest used = guest("")) {
            runOnEveryVp(used, seed);
            used.partition().reset();
            used.host().drain(used.partition());
            assertEquals(sections(fresh.save()), sections(used.save()), "seed " + seed);
            assertEquals(values(fresh), values(used), "seed " + seed);
        }
    }

    @Test
    @DisplayName("contract: after any program, save and restore into a new guest give the same state and MSR values")
    default void restoreIsTheInverseOfSave() {
        for (int round = 0; round < 10; round++) {
            long seed = System.nanoTime();
            try (Guest before = guest("hv-enforce-cpuid");
                    Guest after = guest("hv-enforce-cpuid")) {
                runOnEveryVp(before, seed);
                SavedState saved = before.save();
                after.host().setGuestTsc(before.host().guestTsc());
                after.copyMemory(before);
                after.restore(saved);
                assertEquals(saved, after.save(), "seed " + seed);
                assertEquals(values(before), values(after), "seed " + seed);
            }
        }
    }

    @Test
    @DisplayName(
            "contract: a state with a section or value missing, unknown or doubled, or of a wrong version, changes nothing")
    default void damagedStateIsRefused() {
        long seed = System.nanoTime();
        try (Guest guest = guest("")) {
            runOnEveryVp(guest, seed);
            SavedState good = guest.save();
            for (Section section : sections(good)) {
                refuses(guest, without(good, section));
                refuses(guest, with(without(good, section), section, section));
                refuses(guest, with(without(good, section), version(section, 0)));
                refuses(guest, with(without(good, section), version(section, section.version() + 2)));
                refuses(guest, with(without(good, section), place(section, VPS)));
                refuses(guest, with(without(good, section), value(section, "NoSuchValue", 1L)));
                for (String name : section.values().keySet()) {
                    refuses(guest, with(without(good, section), value(section, name, null)));
                }
                for (String name : section.bytes().keySet()) {
                    refuses(guest, with(without(good, section), bytes(section, name, null)));
                }
            }
            refuses(guest, with(good, new Section(descriptor().id(), VPS, 1, Map.of("NoSuchValue", 1L), Map.of())));
        }
    }

    @Test
    @DisplayName(
            "contract: absurd saved values are taken or refused; what is refused changes nothing, and the guest goes on")
    default void absurdValuesDoNoHarm() {
        long seed = System.nanoTime();
        try (FailureWatch watch = new FailureWatch();
                Guest guest = guest("hv-enforce-cpuid")) {
            runOnEveryVp(guest, seed);
            SavedState good = guest.save();
            for (Section section : sections(good)) {
                SavedState rest = without(good, section);
                for (String name : section.values().keySet()) {
                    for (long absurd : RandomProgram.HOSTILE_VALUES) {
                        takesOrRefuses(guest, with(rest, value(section, name, absurd)));
                    }
                }
                for (Map.Entry<String, byte[]> entry : section.bytes().entrySet()) {
                    for (int length : new int[] {0, 1, entry.getValue().length + 1, 65_536}) {
                        takesOrRefuses(guest, with(rest, bytes(section, entry.getKey(), new byte[length])));
                    }
                    byte[] ones = new byte[entry.getValue().length];
                    Arrays.fill(ones, (byte) -1);
                    takesOrRefuses(guest, with(rest, bytes(section, entry.getKey(), ones)));
                }
            }
            watch.assertNone("seed " + seed);
        }
    }

    private void runOnEveryVp(Guest guest, long seed) {
        List<Descriptor> known = Stream.concat(required().stream(), Stream.of(enlightenment()))
                .map(Enlightenment::descriptor)
                .toList();
        guest.identify();
        RandomProgram program = new RandomProgram(seed, known);
        for (int vp = 0; vp < VPS; vp++) {
            program.run(guest, vp, STATE_STEPS, false);
        }
        guest.host().drain(guest.partition());
    }

    /** The sections of what is under test: the partition's own hold the time. */
    private List<Section> sections(SavedState state) {
        return state.sections().stream()
                .filter(section -> section.id().equals(descriptor().id()))
                .toList();
    }

    private Map<String, OptionalLong> values(Guest guest) {
        Map<String, OptionalLong> values = new TreeMap<>();
        for (int msr : steadyMsrs()) {
            for (int vp = 0; vp < VPS; vp++) {
                values.put("0x%08x/%d".formatted(msr, vp), guest.read(vp, msr));
            }
        }
        return values;
    }

    private void refuses(Guest guest, SavedState bad) {
        SavedState before = guest.save();
        Map<String, OptionalLong> valuesBefore = values(guest);
        StateException refusal =
                assertThrows(StateException.class, () -> guest.partition().restore(bad), bad.toString());
        assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
        guest.host().drain(guest.partition());
        assertEquals(before, guest.save(), refusal.getMessage());
        assertEquals(valuesBefore, values(guest), refusal.getMessage());
    }

    private void takesOrRefuses(Guest guest, SavedState absurd) {
        SavedState before = guest.save();
        try {
            guest.partition().restore(absurd);
            values(guest);
            guest.restore(before);
        } catch (StateException refusal) {
            guest.host().drain(guest.partition());
            assertEquals(before, guest.save(), refusal.getMessage());
        }
    }

    private static SavedState without(SavedState state, Section section) {
        return new SavedState(
                state.sections().stream().filter(s -> !s.equals(section)).toList());
    }

    private static SavedState with(SavedState state, Section... more) {
        return new SavedState(
                Stream.concat(state.sections().stream(), Stream.of(more)).toList());
    }

    private static Section version(Section s, int version) {
        return new Section(s.id(), s.vp(), version, s.values(), s.bytes());
    }

    private static Section place(Section s, int vp) {
        return new Section(s.id(), vp, s.version(), s.values(), s.bytes());
    }

    /** The section with a value changed, or, with null, left out. */
    private static Section value(Section s, String name, Long value) {
        Map<String, Long> values = new TreeMap<>(s.values());
        if (value == null) {
            values.remove(name);
        } else {
            values.put(name, value);
        }
        return new Section(s.id(), s.vp(), s.version(), values, s.bytes());
    }

    /** The section with bytes changed, or, with null, left out. */
    private static Section bytes(Section s, String name, byte[] content) {
        Map<String, byte[]> bytes = new TreeMap<>(s.bytes());
        if (content == null) {
            bytes.remove(name);
        } else {
            bytes.put(name, content);
        }
        return new Section(s.id(), s.vp(), s.version(), s.values(), bytes);
    }
}
