package hv.storvsc;

import hv.storvsc.abi.SystemException;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The logical units of a controller, and what is done on the threads that may wait: opening what keeps their bytes, and
 * the work of requests. Any thread.
 */
final class Luns {
    static final int MOST = 64;
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final AtomicReferenceArray<Lun> all = new AtomicReferenceArray<>(MOST);
    private final IoThreads threads;
    private final AtomicInteger opening = new AtomicInteger();
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private volatile long lastTryNanos = System.nanoTime() - RETRY_NANOS;

    Luns(IoThreads threads, List<DiskText> disks) {
        this.threads = threads;
        for (int i = 0; i < disks.size(); i++) {
            all.set(i, new Lun(i, disks.get(i)));
        }
    }

    /** Null if there is none. */
    Lun get(int number) {
        return number >= 0 && number < MOST ? all.get(number) : null;
    }

    List<Lun> list() {
        List<Lun> found = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            Lun lun = all.get(i);
            if (lun != null) {
                found.add(lun);
            }
        }
        return found;
    }

    /** Goes on with what a predecessor had open. */
    void openGiven() {
        for (Lun lun : list()) {
            try {
                lun.openGiven();
            } catch (IOException e) {
                // It is opened anew.
                lun.failed("was not taken over", e);
            }
        }
    }

    /** Begins to open what is not open; tells {@code then} whenever one is, or cannot be. */
    void open(Runnable then) {
        lastTryNanos = System.nanoTime();
        for (Lun lun : list()) {
            if (lun.store() == null && lun.beginOpening()) {
                opening.incrementAndGet();
                if (!threads.submit(() -> open(lun, then))) {
                    opening.decrementAndGet();
                    lun.endOpening();
                }
            }
        }
    }

    private void open(Lun lun, Runnable then) {
        try {
            lun.open();
            if (isEnded.get()) {
                lun.close();
            }
        } catch (IOException e) {
            lun.failed("cannot be opened", e);
        } catch (Throwable e) {
            lun.failed("cannot be opened", e);
        } finally {
            lun.endOpening();
            opening.decrementAndGet();
            then.run();
        }
    }

    /** Whether some are being opened at this moment. */
    boolean isOpening() {
        return opening.get() > 0;
    }

    /** A request has found one that is not open: it is tried again, once a second. */
    void openAgain(Runnable then) {
        if (System.nanoTime() - lastTryNanos >= RETRY_NANOS) {
            open(then);
        }
    }

    /** Has a request's work done, after which {@code then} is told; false if too much waits. */
    boolean submit(Request request) {
        return threads.submit(request);
    }

    /** Does a request's work. Nothing that goes wrong goes further than into the request. */
    static void work(Request request) {
        Lun lun = request.lun;
        try {
            Store store = lun.store();
            if (store == null) {
                request.fail(Sense.BECOMING_READY);
                return;
            }
            perform(request, lun, store);
            lun.works();
        } catch (StoreAwayException e) {
            lun.failed("cannot be reached, and the guest waits", e);
            request.fail(Sense.BECOMING_READY);
        } catch (IOException e) {
            lun.failed(name(request), e);
            request.fail(sense(request, e));
        } catch (Throwable e) {
            lun.failed(name(request), e);
            request.aborted();
        }
    }

    private static String name(Request request) {
        return switch (request.work) {
            case READ -> "a read failed";
            case WRITE, WRITE_SAME -> "a write failed";
            case FLUSH -> "a flush failed";
            case UNMAP -> "a discard failed";
        };
    }

    private static int sense(Request request, IOException why) {
        boolean isFull = why instanceof SystemException system
                && (system.errno() == SystemException.ENOSPC || system.errno() == SystemException.EDQUOT);
        boolean isNoSpace = isFull || why instanceof NbdException nbd && nbd.isNoSpace();
        if (isNoSpace) {
            return Sense.SPACE_EXHAUSTED;
        }
        boolean isRead = request.work == Request.Work.READ || why instanceof EOFException;
        return isRead ? Sense.READ_ERROR : Sense.WRITE_ERROR;
    }

    private static void perform(Request request, Lun lun, Store store) throws IOException {
        int length = (int) request.length;
        switch (request.work) {
            case READ -> {
                store.read(request.buffer, length, request.at);
                read(request, lun);
            }
            case WRITE -> {
                store.write(request.buffer, length, request.at, request.flag);
                lun.writes.incrementAndGet();
                lun.writtenBytes.addAndGet(length);
                request.succeed(length);
            }
            case FLUSH -> {
                store.flush();
                lun.flushes.incrementAndGet();
                request.succeed(0);
            }
            case UNMAP -> Unmapping.unmap(request, lun, store);
            case WRITE_SAME -> Unmapping.same(request, lun, store);
        }
    }

    /** What was wanted has been read. */
    static void read(Request request, Lun lun) {
        lun.reads.incrementAndGet();
        lun.readBytes.addAndGet(request.length);
        request.succeed((int) request.length);
    }

    /**
     * Adds a disk, open, in the first place that is free.
     *
     * @throws IllegalArgumentException if there is none, or it cannot be opened
     */
    synchronized int attach(DiskText text) {
        for (int i = 0; i < MOST; i++) {
            Lun there = all.get(i);
            boolean isWaitedFor = there != null && there.isMissing();
            if (there == null || isWaitedFor) {
                Lun lun = new Lun(i, text);
                if (isWaitedFor) {
                    lun.knownAs(there.bytes());
                }
                try {
                    lun.open();
                } catch (IOException e) {
                    throw new IllegalArgumentException(e.getMessage(), e);
                }
                all.set(i, lun);
                return i;
            }
        }
        throw new IllegalArgumentException("there are %d disks already".formatted(MOST));
    }

    /** Takes a disk away; what it has begun it ends. False if there is none. */
    synchronized boolean detach(int number) {
        Lun lun = get(number);
        if (lun == null) {
            return false;
        }
        all.set(number, null);
        lun.detach();
        return true;
    }

    /** What a successor in the same JVM goes on with. */
    Map<String, Object> handOver() {
        Map<String, Object> given = new HashMap<>();
        for (Lun lun : list()) {
            if (!lun.isMissing()) {
                given.put("lun" + lun.number, lun.handOver());
            }
        }
        return given;
    }

    /** Goes on with a predecessor's: with all that it had, and nothing else. */
    void takeOver(Map<String, Object> given) {
        for (int i = 0; i < MOST; i++) {
            Lun before = all.get(i);
            Lun taken = given.get("lun" + i) instanceof Map<?, ?> map ? Lun.taken(i, map) : null;
            if (taken != null && before != null) {
                taken.knownAs(before.bytes());
                taken.attend(before.attention());
            }
            all.set(i, taken == null && before != null && before.isMissing() ? before : taken);
        }
    }

    /** It was there when the guest was saved, and is waited for. */
    void restored(int number, long bytes, int attention) {
        Lun lun = all.get(number);
        if (lun == null) {
            lun = Lun.missing(number);
            all.set(number, lun);
        }
        lun.knownAs(bytes);
        lun.attend(attention);
    }

    /** Gives everything back. */
    void end() {
        isEnded.set(true);
        list().forEach(Lun::close);
    }
}
