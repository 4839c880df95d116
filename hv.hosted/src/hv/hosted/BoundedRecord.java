package hv.hosted;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The newest things that happened, and how many older ones were let go: a guest that never stops cannot fill it. Any
 * thread.
 */
final class BoundedRecord<T> {
    private final ArrayDeque<T> newest = new ArrayDeque<>();
    private final int capacity;
    private long dropped;

    BoundedRecord(int capacity) {
        this.capacity = capacity;
    }

    synchronized void add(T item) {
        if (newest.size() == capacity) {
            newest.removeFirst();
            dropped++;
        }
        newest.addLast(item);
    }

    /** What is held, oldest first; a copy. */
    synchronized List<T> snapshot() {
        return List.copyOf(newest);
    }

    /** What is held, oldest first, which is then forgotten. */
    synchronized List<T> take() {
        List<T> taken = new ArrayList<>(newest);
        newest.clear();
        return List.copyOf(taken);
    }

    synchronized long dropped() {
        return dropped;
    }
}
