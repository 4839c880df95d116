package hv.partition.vp;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * The alarms of a partition in the order in which they were made, which a thread looks through while others come and
 * go. Adding and taking out cost the same however many there are, since a guest with thousands of VPs has tens of
 * thousands, all of which are exchanged when its timers are.
 *
 * <p>What was taken out stays in the array, without an effect, until it is half of all. {@link #all} may be called by
 * any thread at any time; changes are made one at a time.
 *
 * @param <A> the alarms
 */
final class AlarmList<A> {
    private static final int FEW = 8;

    private final A[] none;

    /** Filled from the front; null behind the last one. */
    private volatile A[] all;

    private int end;
    private int takenOut;

    /** An empty one; {@code none} is an array of the right kind without elements. */
    AlarmList(A[] none) {
        this.none = none;
        this.all = none;
    }

    /** Those that were added, up to the first null; a few of them may have been taken out. */
    A[] all() {
        return all;
    }

    /** How many there are. */
    synchronized int count() {
        return end - takenOut;
    }

    synchronized void add(A alarm) {
        A[] room = end < all.length ? all : Arrays.copyOf(all, Math.max(FEW, 2 * end));
        room[end++] = alarm;
        // Published after the element is there.
        all = room;
    }

    /** One more of those that were added has been taken out, as {@code isTakenOut} says of it. */
    synchronized void takenOut(Predicate<A> isTakenOut) {
        takenOut++;
        if (2 * takenOut >= end) {
            A[] left = Arrays.stream(all, 0, end)
                    .filter(isTakenOut.negate())
                    .toList()
                    .toArray(none);
            end = left.length;
            takenOut = 0;
            all = left;
        }
    }
}
