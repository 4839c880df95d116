package hv.evmcs;

import hv.api.GuestMemory;
import hv.api.nested.CleanGroup;
import hv.api.nested.EvmcsField;
import hv.api.nested.FieldKind;
import hv.api.nested.Vmcs;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves fields between an eVMCS page and the private copy of it, in runs of neighbouring bytes that are worked out once
 * from the field table. The caller has made sure that the page is RAM.
 *
 * <p>An entry always takes the run from TprThreshold to EnlightenmentsControl: the fields without a clean bit,
 * CleanFields, and EnlightenmentsControl, which KVM looks at whatever its clean bit says. Reserved bytes may be read
 * along with their neighbours; an exit writes exactly the fields it has to.
 */
final class Transfer {
    private static final int ALWAYS_FIRST = EvmcsField.TPR_THRESHOLD.offset();
    private static final int ALWAYS_END = EvmcsField.ENLIGHTENMENTS_CONTROL.offset() + 4;

    /** By group: offset, length, offset, length ... */
    private static final int[][] ENTRY_RUNS = entryRuns();

    private static final int[] EXIT_RUNS = exitRuns();

    private Transfer() {}

    /** Takes what is taken at every entry, CleanFields included. */
    static void loadAlways(GuestMemory memory, long page, Vmcs to) {
        memory.read(page + ALWAYS_FIRST, to.image(), ALWAYS_FIRST, ALWAYS_END - ALWAYS_FIRST);
    }

    /** Takes the groups whose bit in {@code cleanFields} is clear. */
    static void loadDirty(GuestMemory memory, long page, Vmcs to, int cleanFields) {
        for (int dirty = ~cleanFields & CleanGroup.ALL; dirty != 0; dirty &= dirty - 1) {
            int[] runs = ENTRY_RUNS[Integer.numberOfTrailingZeros(dirty)];
            for (int i = 0; i < runs.length; i += 2) {
                memory.read(page + runs[i], to.image(), runs[i], runs[i + 1]);
            }
        }
    }

    /** Writes exit information and L2's state to the page. */
    static void store(GuestMemory memory, long page, Vmcs from) {
        for (int i = 0; i < EXIT_RUNS.length; i += 2) {
            memory.write(page + EXIT_RUNS[i], from.image(), EXIT_RUNS[i], EXIT_RUNS[i + 1]);
        }
    }

    private static int[][] entryRuns() {
        int[][] runs = new int[CleanGroup.COUNT_WITH_BIT][];
        for (int i = 0; i < runs.length; i++) {
            CleanGroup group = CleanGroup.values()[i];
            Runs found = new Runs();
            for (EvmcsField field : EvmcsField.values()) {
                if (field.kind() == FieldKind.RESERVED) {
                    found.pass(field);
                } else if (field.group() == group
                        && field.use().isAtEntry()
                        && field != EvmcsField.ENLIGHTENMENTS_CONTROL) {
                    found.take(field);
                }
            }
            runs[i] = found.toArray();
        }
        return runs;
    }

    private static int[] exitRuns() {
        Runs found = new Runs();
        for (EvmcsField field : EvmcsField.values()) {
            if (field.use().isAtExit()) {
                found.take(field);
            }
        }
        return found.toArray();
    }

    /** Joins fields that touch, in the order of the page. */
    private static final class Runs {
        private final List<Integer> offsetsAndLengths = new ArrayList<>();
        private int first = -1;
        private int end = -1;
        private int reach = -1;

        void take(EvmcsField field) {
            if (field.offset() != reach) {
                close();
                first = field.offset();
            }
            end = field.offset() + field.bytes();
            reach = end;
        }

        /** A run may go on behind {@code field}, but does not end with it. */
        void pass(EvmcsField field) {
            if (field.offset() == reach) {
                reach = field.offset() + field.bytes();
            }
        }

        int[] toArray() {
            close();
            return offsetsAndLengths.stream().mapToInt(Integer::intValue).toArray();
        }

        private void close() {
            if (first >= 0) {
                offsetsAndLengths.add(first);
                offsetsAndLengths.add(end - first);
                first = -1;
            }
        }
    }
}
