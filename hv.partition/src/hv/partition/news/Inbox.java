package hv.partition.news;

import hv.api.host.PartitionListener;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.failure.OverdueException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ObjLongConsumer;

/**
 * What one listener is still to be told, in order. Bounded: when it is full what comes is counted, and the count is
 * told after all that is in it. A guest can fill half of it and no more. Any thread puts in; one at a time tells.
 */
final class Inbox {
    static final int MOST = 1024;

    private final PartitionListener listener;

    // All guarded by this.
    private final Deque<Notice<?>> notices = new ArrayDeque<>();
    private long missed;
    private Notice<?> lastMissed;
    private boolean isClosed;

    /** Whether somebody tells, or is about to. */
    private boolean isInHand;

    /** Who is in the listener, in what, and since when; null if nobody is. */
    private Thread inside;

    private Notice<?> told;
    private long sinceNanos;
    private String usualName;

    Inbox(PartitionListener listener) {
        this.listener = listener;
    }

    boolean isOf(PartitionListener one) {
        return listener == one;
    }

    /** Puts one in; whether somebody must be found who tells. */
    synchronized boolean add(Notice<?> notice) {
        if (isClosed) {
            return false;
        }
        if (notices.size() >= (notice.isOfGuest() ? MOST / 2 : MOST)) {
            missed++;
            lastMissed = notice;
        } else {
            notices.addLast(notice);
        }
        boolean isNews = !isInHand;
        isInHand = true;
        return isNews;
    }

    /** The listener is told nothing more; it may be in one last call. */
    synchronized void close() {
        isClosed = true;
        notices.clear();
        missed = 0;
    }

    /** Tells all that is there, whatever the listener throws. On a thread that may be lost in it. */
    void tellAll() {
        for (Notice<?> next = next(); next != null; next = next()) {
            try {
                next.tell(listener);
            } catch (Throwable e) {
                next.failures().record(Failures.LISTENER, next.callback(), e);
            } finally {
                comeOut();
            }
        }
    }

    private synchronized Notice<?> next() {
        Notice<?> next = notices.pollFirst();
        if (next == null && missed > 0) {
            next = missed(missed, lastMissed.failures());
            missed = 0;
        }
        if (next == null) {
            isInHand = false;
            return null;
        }
        inside = Thread.currentThread();
        told = next;
        sinceNanos = System.nanoTime();
        return next;
    }

    private static Notice<Long> missed(long events, Failures failures) {
        ObjLongConsumer<PartitionListener> method = PartitionListener::missed;
        return new Notice<>((one, nowhere, count) -> method.accept(one, count), null, events, Callback.NEWS, failures);
    }

    private synchronized void comeOut() {
        if (usualName != null) {
            inside.setName(usualName);
            usualName = null;
        }
        inside = null;
        // What a listener leaves behind is no matter of the next one.
        Thread.interrupted();
    }

    /** Whether all was told. */
    synchronized boolean isDone() {
        return !isInHand;
    }

    /** Says so, once, if the listener does not come back for {@code limit}. Who is in it goes on waiting for that. */
    synchronized void sayIfOverdue(Duration limit) {
        if (inside == null || usualName != null || System.nanoTime() - sinceNanos < limit.toNanos()) {
            return;
        }
        String where = listener.getClass().getName();
        usualName = inside.getName();
        inside.setName("hv-hung in " + where);
        told.failures()
                .record(
                        Failures.LISTENER,
                        told.callback(),
                        new OverdueException(
                                "%s has not come back from %s for %d ms"
                                        .formatted(where, told.callback(), limit.toMillis()),
                                inside));
    }
}
