package hv.storvsc;

import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.storvsc.abi.GuestRam;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * An open channel: the requests that the guest has made by it, and the completions that it is owed. Every request that
 * is taken has one of a bounded number of {@link Request}s until its completion is in the ring; while none is left, or
 * a completion finds no room, nothing more is taken. Used by the thread that serves the channel, but for {@link #done}.
 */
final class Session {
    /** Linux has somewhat more than 300 under way at most. */
    static final int MOST = 512;

    /** So many pages may a packet name: of the largest buffer, which begins in the middle of one. */
    static final int MOST_PACKET_BYTES = 16 + 16 + Long.BYTES * (GuestBuffer.MOST_BYTES / 4096 + 1) + 2 * Request.BYTES;

    private static final System.Logger LOG = System.getLogger("hv.storvsc");
    private static final int PACKETS_AT_A_TIME = 64;
    private static final int BYTES_OF_ONE = 1 << 16;
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long LOOK_100NS = 10_000_000;

    /** An operation of the host: look for disks anew. */
    private static final int ENUMERATE_BUS = 11;

    private final VmbusChannel channel;
    private final Controller controller;
    private final GuestRam ram;
    private final RingPacket packet = new RingPacket(MOST_PACKET_BYTES);
    private final ArrayBlockingQueue<Request> done = new ArrayBlockingQueue<>(MOST);
    private final ArrayDeque<Request> owed = new ArrayDeque<>();
    private final Request[] free = new Request[MOST];
    private final Request[] away = new Request[MOST];
    private int freeCount;
    private int made;
    private int awayCount;
    private long nextLookNanos;

    Session(VmbusChannel channel, Controller controller) {
        this.channel = channel;
        this.controller = controller;
        this.ram = GuestRam.of(channel.ram());
    }

    /** Takes what the guest has asked for, and tells it what is done. */
    void serve() {
        collect();
        RingReader in = channel.in();
        int left = PACKETS_AT_A_TIME;
        boolean isMore;
        do {
            in.begin();
            while (left > 0 && canTake() && in.next(packet) == RingReader.Outcome.PACKET) {
                left -= 1 + take() / BYTES_OF_ONE;
            }
            boolean isToTell = commit();
            if (in.commit() | isToTell) {
                channel.signal();
            }
            isMore = in.end();
        } while (isMore && left > 0 && canTake());
        if (isMore && left <= 0) {
            channel.wake();
        }
        watch();
    }

    /**
     * Tells the guest what is done, and takes nothing new.
     *
     * @return whether nothing that was taken is under way any more
     */
    boolean settle() {
        collect();
        if (commit()) {
            channel.signal();
        }
        if (awayCount > 0) {
            watch();
        }
        return awayCount == 0;
    }

    private boolean canTake() {
        return owed.isEmpty() && (freeCount > 0 || made < MOST);
    }

    /** Takes a packet; gives how many bytes were moved at once. */
    private int take() {
        boolean isDirect = packet.type() == RingPacket.GPA_DIRECT;
        if (!isDirect && packet.type() != RingPacket.IN_BAND || packet.payloadBytes() < Request.BYTES) {
            // A cancellation, a completion that nobody waits for.
            return 0;
        }
        Request request = freeCount > 0 ? free[--freeCount] : made();
        request.take(packet);
        if (isDirect && !request.buffer.take(packet, channel.ram(), ram)) {
            request.invalid();
        } else {
            controller.begin(request);
        }
        if (request.work == null) {
            complete(request);
            return 0;
        }
        return begin(request);
    }

    private Request made() {
        made++;
        return new Request(this::work);
    }

    /** What can be read at once is; all else goes to a thread that may wait. */
    private int begin(Request request) {
        Lun lun = request.lun;
        Store store = lun.store();
        boolean isRead = request.work == Request.Work.READ && store != null;
        if (isRead && store.readNow(request.buffer, (int) request.length, request.at)) {
            Luns.read(request, lun);
            complete(request);
            return (int) request.length;
        }
        lun.inFlight.incrementAndGet();
        if (lun.isDetached()) {
            lun.ended();
            request.absent();
            complete(request);
            return 0;
        }
        request.index = awayCount;
        away[awayCount++] = request;
        request.queued();
        if (!controller.submit(request)) {
            takeBack(request);
        }
        return 0;
    }

    /** On a thread that may wait. */
    private void work(Request request) {
        if (!request.begin()) {
            return;
        }
        Lun lun = request.lun;
        try {
            Luns.work(request);
        } finally {
            request.done();
            lun.ended();
            done.add(request);
            channel.wake();
        }
    }

    private void collect() {
        for (Request request = done.poll(); request != null; request = done.poll()) {
            forget(request);
            complete(request);
        }
    }

    private void forget(Request request) {
        Request last = away[--awayCount];
        away[request.index] = last;
        last.index = request.index;
        away[awayCount] = null;
    }

    /** Its completion is written now, or waits for room. */
    private void complete(Request request) {
        if (!owed.isEmpty() || !write(request)) {
            owed.add(request);
        }
    }

    /** Whether it is in the ring, or the ring is none any more. */
    private boolean write(Request request) {
        boolean isWritten = !request.wantsCompletion
                || channel.out()
                                .write(
                                        RingPacket.COMPLETION,
                                        false,
                                        request.transaction,
                                        request.bytes,
                                        0,
                                        Request.BYTES)
                        != RingWriter.Outcome.FULL;
        if (isWritten) {
            request.free();
            free[freeCount++] = request;
        }
        return isWritten;
    }

    /** Shows the guest what there is; whether it is to be signalled. */
    private boolean commit() {
        while (!owed.isEmpty() && write(owed.peek())) {
            owed.remove();
        }
        if (owed.isEmpty() && controller.isRescanDue() && rescan()) {
            controller.rescanned();
        }
        return channel.out().commit();
    }

    private boolean rescan() {
        byte[] message = new byte[Request.BYTES];
        message[0] = ENUMERATE_BUS;
        return channel.out().write(RingPacket.IN_BAND, false, 0, message, 0, message.length) != RingWriter.Outcome.FULL;
    }

    /**
     * A guest waits for a completion without an end. What no thread has begun with in 30 s is completed with an error;
     * what is being done still may touch the guest's pages, so that people are told of it and it is waited for.
     */
    private void watch() {
        if (awayCount == 0) {
            nextLookNanos = 0;
            return;
        }
        long now = System.nanoTime();
        if (nextLookNanos != 0 && now < nextLookNanos) {
            return;
        }
        boolean isFirst = nextLookNanos == 0;
        nextLookNanos = now + LOOK_100NS * 100;
        channel.wakeAt(channel.referenceTime100ns() + LOOK_100NS);
        if (isFirst) {
            return;
        }
        for (int i = awayCount - 1; i >= 0; i--) {
            Request request = away[i];
            if (now - request.begunNanos > PATIENCE_NANOS) {
                late(request);
            }
        }
        if (commit()) {
            channel.signal();
        }
    }

    private void late(Request request) {
        if (takeBack(request) || request.isComplainedOf || !request.isRunning()) {
            return;
        }
        request.isComplainedOf = true;
        LOG.log(
                System.Logger.Level.WARNING,
                "disk {0}: a {1} has taken more than 30 s; the guest waits for it",
                request.lun.number,
                request.work);
    }

    private boolean takeBack(Request request) {
        if (!request.takeBack()) {
            return false;
        }
        request.lun.ended();
        forget(request);
        request.aborted();
        complete(request);
        return true;
    }

    /** What the guest is owed at the end of {@link #settle}: of each its transaction and its bytes. */
    List<Request> owed() {
        return List.copyOf(owed);
    }

    /** What it is owed from before. */
    void owes(long transaction, byte[] bytes) {
        Request request = made();
        request.transaction = transaction;
        request.wantsCompletion = true;
        System.arraycopy(bytes, 0, request.bytes, 0, Request.BYTES);
        owed.add(request);
    }

    /** Ends it: what is under way still is nobody's. */
    void end() {
        Arrays.fill(away, null);
        awayCount = 0;
        owed.clear();
    }
}
