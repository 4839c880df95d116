package hv.partition.vp;

import java.util.Arrays;

/**
 * Turns by the time at which they are due. A heap in which each turn knows its place, so that one whose time changes
 * is moved without being looked for. Not thread-safe.
 */
final class AlarmQueue {
    static final int NOWHERE = -1;

    private AlarmTurn[] heap = new AlarmTurn[16];
    private int size;

    /** The one that is due first; null if there is none. */
    AlarmTurn first() {
        return heap[0];
    }

    /** Puts {@code turn} at a time, by {@link System#nanoTime}, wherever it was. */
    void put(AlarmTurn turn, long atNanos) {
        turn.atNanos = atNanos;
        if (turn.place == NOWHERE) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            set(turn, size++);
        }
        sink(turn, rise(turn, turn.place));
    }

    /** Takes it out, if it is in. */
    void remove(AlarmTurn turn) {
        int hole = turn.place;
        if (hole == NOWHERE) {
            return;
        }
        turn.place = NOWHERE;
        AlarmTurn last = heap[--size];
        heap[size] = null;
        if (last != turn) {
            set(last, hole);
            sink(last, rise(last, hole));
        }
    }

    private int rise(AlarmTurn turn, int from) {
        int place = from;
        while (place > 0 && isBefore(turn, heap[(place - 1) / 2])) {
            set(heap[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }
        set(turn, place);
        return place;
    }

    private void sink(AlarmTurn turn, int from) {
        int place = from;
        int child = earlierChild(place);
        while (child < size && isBefore(heap[child], turn)) {
            set(heap[child], place);
            place = child;
            child = earlierChild(place);
        }
        set(turn, place);
    }

    private int earlierChild(int place) {
        int left = 2 * place + 1;
        return left + 1 < size && isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    }

    private static boolean isBefore(AlarmTurn one, AlarmTurn other) {
        return one.atNanos - other.atNanos < 0;
    }

    private void set(AlarmTurn turn, int place) {
        heap[place] = turn;
        turn.place = place;
    }
}
