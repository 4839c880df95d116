package hv.fuzz.guest;

import hv.api.GuestPage;
import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Save, restore and reset. What was saved can be restored, and is saved again as it was; a state with something changed
 * is taken, or refused with one line and without a trace.
 */
final class StateAttack implements Attack {
    /** Sequence, scale and offset of the reference TSC page. */
    private static final int CLOCK_BYTES = 24;

    private static final int LONGEST_BYTES = 600;

    @Override
    public void on(AttackedPartition partition, Choices choices) {
        SavedState saved = partition.save();
        partition.answer(saved.hashCode());
        switch (choices.below(4)) {
            case 0 -> {
                partition.partition.reset();
                partition.askForPages();
                partition.drain();
            }
            case 1 -> takesOrRefuses(partition, saved, changed(saved, partition.memoryBytes(), choices));
            default -> {
                restore(partition, saved);
                requireSame("save, restore, save", saved, partition.save());
            }
        }
    }

    private static void restore(AttackedPartition partition, SavedState saved) {
        partition.pages.name(saved, true);
        try {
            partition.partition.restore(saved);
        } catch (StateException e) {
            throw new Finding("a state that was saved is refused", e);
        }
        partition.askForPages();
        partition.drain();
        partition.pages.name(saved, false);
    }

    private static void takesOrRefuses(AttackedPartition partition, SavedState saved, SavedState changed) {
        byte[] memory = memory(partition);
        partition.pages.name(changed, true);
        try {
            partition.partition.restore(changed);
            partition.answer(1);
            partition.askForPages();
            partition.drain();
            partition.pages.name(changed, false);
            restore(partition, saved);
        } catch (StateException e) {
            partition.answer(2);
            partition.pages.name(changed, false);
            if (e.getMessage() == null || e.getMessage().lines().count() != 1) {
                throw new Finding("a refusal that is not one line", e);
            }
            requireSame("a refused restore (" + e.getMessage() + ")", saved, partition.save());
            byte[] now = memory(partition);
            withoutOwnWords(saved, memory);
            withoutOwnWords(saved, now);
            int changedAt = Arrays.mismatch(memory, now);
            if (changedAt >= 0) {
                throw new Finding("a refused restore has changed the guest's memory at 0x%x".formatted(changedAt), e);
            }
        }
    }

    private static void requireSame(String after, SavedState before, SavedState now) {
        String difference = StateDifference.of(before, now);
        if (!difference.isEmpty()) {
            throw new Finding(after + ":" + difference);
        }
    }

    private static byte[] memory(AttackedPartition partition) {
        byte[] memory = new byte[(int) partition.memoryBytes()];
        partition.memory().read(0, memory, 0, memory.length);
        return memory;
    }

    /** The state with one value, one byte string or one version changed. */
    private static SavedState changed(SavedState saved, long memoryBytes, Choices choices) {
        List<Section> sections = new ArrayList<>(saved.sections());
        int at = choices.below(sections.size());
        Section section = sections.get(at);
        Map<String, Long> values = new TreeMap<>(section.values());
        Map<String, byte[]> bytes = new TreeMap<>(section.bytes());
        if (!values.isEmpty()) {
            String name = List.copyOf(values.keySet()).get(choices.below(values.size()));
            values.put(name, value(choices, memoryBytes));
        }
        if (!bytes.isEmpty() && choices.either()) {
            String name = List.copyOf(bytes.keySet()).get(choices.below(bytes.size()));
            bytes.put(name, bytes(bytes.get(name), choices));
        }
        int version = choices.oneIn(10) ? choices.below(4) : section.version();
        sections.set(at, new Section(section.id(), section.vp(), version, values, bytes));
        return new SavedState(sections);
    }

    private static long value(Choices choices, long memoryBytes) {
        return switch (choices.below(4)) {
            case 0 -> choices.any();
            case 1 -> Addresses.page(choices, memoryBytes) | 1;
            case 2 -> choices.below(300);
            default -> choices.bit();
        };
    }

    private static byte[] bytes(byte[] old, Choices choices) {
        byte[] changed = choices.oneIn(3) ? Arrays.copyOf(old, choices.below(LONGEST_BYTES)) : old.clone();
        if (changed.length > 0) {
            changed[choices.below(changed.length)] = (byte) choices.below(256);
        }
        return changed;
    }

    /**
     * Clears what is written anew whenever it is told where it is: "no EOI required" in the VP assist pages, which an APIC
     * takes back, and the clock in the reference TSC page, whatever the guest has written over it.
     */
    private static void withoutOwnWords(SavedState state, byte[] memory) {
        for (SavedState.Section section : state.sections()) {
            long assist = section.values().getOrDefault("HV_X64_MSR_VP_ASSIST_PAGE", 0L);
            if (GuestPage.isEnabled(assist) && isIn(memory, GuestPage.gpa(assist))) {
                memory[(int) GuestPage.gpa(assist)] &= ~1;
            }
            long clock = section.values().getOrDefault("HV_X64_MSR_REFERENCE_TSC", 0L);
            if (GuestPage.isEnabled(clock) && isIn(memory, GuestPage.gpa(clock))) {
                int at = (int) GuestPage.gpa(clock);
                Arrays.fill(memory, at, at + CLOCK_BYTES, (byte) 0);
            }
        }
    }

    /** A register of a guest may name any page. */
    private static boolean isIn(byte[] memory, long gpa) {
        return gpa >= 0 && gpa < memory.length;
    }
}
