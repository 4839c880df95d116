package hv.guest;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.util.Map;

/**
 * How far the guest has come with its parts. Used by the interpreter's thread, or by others while the guest is paused.
 */
final class Progress {
    private static final String BEGUN = "Begun";
    private static final String NEXT_PART = "Part";
    private static final String TURN = "Turn";

    /** Whether the first lines of the report are written. */
    boolean isBegun;

    /** The part that runs or is next. */
    int next;

    /** Where each VP runs the part by itself: the one whose turn it is. */
    int turn;

    void save(Map<String, Long> to) {
        to.put(BEGUN, isBegun ? 1L : 0);
        to.put(NEXT_PART, (long) next);
        to.put(TURN, (long) turn);
    }

    /** Takes what {@link #save} gave. */
    void restore(SectionReader from, int parts, int vps) throws StateException {
        isBegun = from.flag(BEGUN);
        next = from.value(NEXT_PART, 0, parts);
        turn = (int) from.value(TURN, 0, vps - 1L);
    }
}
