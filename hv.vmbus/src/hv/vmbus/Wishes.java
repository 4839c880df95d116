package hv.vmbus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** What is to be done on the bus, in the order in which it was asked for. Any thread adds. */
final class Wishes {
    /** One of them. */
    @FunctionalInterface
    interface Wish {
        /** Tries it; false if it has to be tried again. Others are tried meanwhile. */
        boolean isGranted();
    }

    private static final System.Logger LOG = System.getLogger(Wishes.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Wish> all = new ArrayDeque<>();

    void add(Wish wish) {
        lock.lock();
        try {
            all.add(wish);
        } finally {
            lock.unlock();
        }
    }

    private List<Wish> takeAll() {
        lock.lock();
        try {
            List<Wish> taken = new ArrayList<>(all);
            all.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void putBack(List<Wish> waiting) {
        lock.lock();
        try {
            for (int i = waiting.size() - 1; i >= 0; i--) {
                all.addFirst(waiting.get(i));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tries all that were there when this was called. One thread at a time. */
    void grant() {
        List<Wish> waiting = new ArrayList<>();
        for (Wish wish : takeAll()) {
            if (!isGranted(wish)) {
                waiting.add(wish);
            }
        }
        putBack(waiting);
    }

    /** One that fails is not tried for ever. */
    private static boolean isGranted(Wish wish) {
        try {
            return wish.isGranted();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "the bus failed in what it was asked for", e);
            return true;
        }
    }
}
