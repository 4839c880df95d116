package hv.storvsc;

import hv.api.device.GuestDisks;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A logical unit: one disk of the guest, and what there is to know about it. What keeps its bytes is opened by a thread
 * that may wait, and opened again when it is away. Any thread.
 */
final class Lun {
    private static final System.Logger LOG = System.getLogger("hv.storvsc");
    static final int BLOCK_BYTES = 512;

    final int number;
    final DiskText text;
    final AtomicLong reads = new AtomicLong();
    final AtomicLong readBytes = new AtomicLong();
    final AtomicLong writes = new AtomicLong();
    final AtomicLong writtenBytes = new AtomicLong();
    final AtomicLong flushes = new AtomicLong();
    final AtomicLong discards = new AtomicLong();
    final AtomicLong errors = new AtomicLong();

    /** Its requests that have been taken and not completed. */
    final AtomicInteger inFlight = new AtomicInteger();

    /** What the guest is told with its next command; {@link Sense#NONE} without. */
    private final AtomicInteger attention = new AtomicInteger(Sense.NONE);

    private volatile Store store;
    private volatile boolean isDetached;

    /** How large the guest knows it to be; 0 as long as it has not been opened. */
    private volatile long bytes;

    private volatile String trouble = "";

    private final AtomicBoolean isOpening = new AtomicBoolean();

    /** What a predecessor had open; used up when it is opened. */
    private Map<String, Object> given = Map.of();

    private final boolean isMissing;

    Lun(int number, DiskText text) {
        this(number, text, false);
    }

    private Lun(int number, DiskText text, boolean isMissing) {
        this.number = number;
        this.text = text;
        this.isMissing = isMissing;
    }

    /** One that a guest had when it was saved, and that nobody has attached yet. */
    static Lun missing(int number) {
        return new Lun(number, new DiskText("", DiskText.RAW, "", false, false), true);
    }

    /** What a predecessor has handed over; null if it cannot be used. */
    static Lun taken(int number, Map<?, ?> from) {
        if (!(from.get("source") instanceof String source
                && from.get("format") instanceof String format
                && from.get("serial") instanceof String serial
                && from.get("readonly") instanceof Boolean isReadOnly
                && from.get("direct") instanceof Boolean isDirect)) {
            return null;
        }
        Lun lun = new Lun(number, new DiskText(source, format, serial, isReadOnly, isDirect));
        Map<String, Object> store = new HashMap<>();
        if (from.get("store") instanceof Map<?, ?> known) {
            known.forEach((key, value) -> store.put(String.valueOf(key), value));
        }
        lun.given = store;
        if (from.get("counts") instanceof long[] counts
                && counts.length == lun.counters().size()) {
            for (int i = 0; i < counts.length; i++) {
                lun.counters().get(i).set(counts[i]);
            }
        }
        return lun;
    }

    private List<AtomicLong> counters() {
        return List.of(reads, readBytes, writes, writtenBytes, flushes, discards, errors);
    }

    /** For a successor in the same JVM. */
    Map<String, Object> handOver() {
        Store open = store;
        return Map.of(
                "source",
                text.source(),
                "format",
                text.format(),
                "serial",
                text.serial(),
                "readonly",
                text.isReadOnly(),
                "direct",
                text.isDirect(),
                "counts",
                counters().stream().mapToLong(AtomicLong::get).toArray(),
                "store",
                open == null ? given : open.handOver());
    }

    /** Whether nobody has attached it yet. */
    boolean isMissing() {
        return isMissing;
    }

    /** Whether whoever asks is to open it now. */
    boolean beginOpening() {
        return !isMissing && isOpening.compareAndSet(false, true);
    }

    void endOpening() {
        isOpening.set(false);
    }

    /** Goes on with what a predecessor had open, if that is there still. */
    void openGiven() throws IOException {
        Map<String, Object> before = given;
        given = Map.of();
        Store taken = before.isEmpty() ? null : Stores.taken(text, before);
        if (taken != null) {
            opened(taken);
        }
    }

    /** Opens what keeps its bytes. By a thread that may wait. */
    void open() throws IOException {
        opened(Stores.open(text));
    }

    /** What keeps its bytes; null while that is not open. */
    Store store() {
        return store;
    }

    /** It can be used from now on. */
    void opened(Store open) {
        long before = bytes;
        bytes = open.bytes();
        if (before != 0 && before != bytes) {
            attend(Sense.CAPACITY_CHANGED);
        }
        store = open;
        works();
    }

    /** As large as this it was when its guest was saved. */
    void knownAs(long saved) {
        bytes = saved;
    }

    long bytes() {
        return bytes;
    }

    long blocks() {
        return bytes / BLOCK_BYTES;
    }

    boolean isReadOnly() {
        Store open = store;
        return text.isReadOnly() || open != null && open.isReadOnly();
    }

    boolean canDiscard() {
        Store open = store;
        return open != null && open.canDiscard();
    }

    void attend(int sense) {
        attention.set(sense);
    }

    int attention() {
        return attention.get();
    }

    int takeAttention() {
        return attention.getAndSet(Sense.NONE);
    }

    /** Changes its size, or looks how large it is. */
    void resize(long wanted) throws IOException {
        Store open = store;
        if (open == null) {
            throw new IOException("it is not open: " + trouble);
        }
        open.resize(wanted);
        if (open.bytes() != bytes) {
            bytes = open.bytes();
            attend(Sense.CAPACITY_CHANGED);
        }
    }

    /** Takes no more requests. */
    void detach() {
        isDetached = true;
        if (inFlight.get() == 0) {
            close();
        }
    }

    boolean isDetached() {
        return isDetached;
    }

    synchronized void close() {
        Store open = store;
        store = null;
        if (open != null) {
            open.close();
        }
    }

    /** One of its requests is done: whoever has taken it away last closes it. */
    void ended() {
        if (inFlight.decrementAndGet() == 0 && isDetached) {
            close();
        }
    }

    /** Something has failed: told in one line, once until it works again. */
    void failed(String what, Throwable why) {
        errors.incrementAndGet();
        String line = "%s: %s".formatted(what, String.valueOf(why.getMessage()));
        boolean isNew = trouble.isEmpty();
        trouble = line;
        if (isNew) {
            LOG.log(System.Logger.Level.WARNING, "disk {0} ({1}): {2}", number, DiskText.shown(text.source()), line);
        }
    }

    /** It works. */
    void works() {
        if (!trouble.isEmpty()) {
            trouble = "";
            LOG.log(System.Logger.Level.INFO, "disk {0} ({1}): works again", number, DiskText.shown(text.source()));
        }
    }

    /** What is wrong with it, in one line; empty if nothing is known to be. */
    String trouble() {
        return trouble;
    }

    /** For people. */
    GuestDisks.Disk shown() {
        return new GuestDisks.Disk(
                number,
                text.source(),
                isMissing ? "" : text.identity(),
                bytes,
                isReadOnly(),
                isMissing ? "not attached since the guest was restored" : trouble,
                new GuestDisks.Counts(
                        reads.get(),
                        readBytes.get(),
                        writes.get(),
                        writtenBytes.get(),
                        flushes.get(),
                        discards.get(),
                        errors.get(),
                        inFlight.get()));
    }
}
