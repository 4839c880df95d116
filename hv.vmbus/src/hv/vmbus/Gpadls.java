package hv.vmbus;

import hv.api.GuestMemory;
import hv.api.vmbus.PageList;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The GPADLs of a guest, and how many it may have: 64 for each channel, and page numbers for twice its RAM, at most
 * 2^20, so that a guest that never ends what it begins costs the host no more than that. Changed with the bus' lock
 * held; {@link #pages} may be asked by any thread.
 */
final class Gpadls {
    static final int MOST_PER_CHANNEL = 64;

    /** So that what is saved of them can be read again. */
    private static final long MOST_PAGES = 1 << 20;

    /** What became of a message. */
    enum Outcome {
        /** More is to come, or the message means nothing. */
        NOTHING,
        /** The guest is told that the memory is known. */
        CREATED,
        /** The guest is told that it is not. */
        REFUSED
    }

    private final GuestMemory memory;
    private final long mostPages;
    private final Map<Integer, Gpadl> all = new ConcurrentHashMap<>();
    private long pages;

    Gpadls(GuestMemory memory) {
        this.memory = memory;
        this.mostPages = Math.min(2 * (memory.endGpa() / GuestMemory.PAGE_BYTES), MOST_PAGES);
    }

    /** The guest's RAM. Any thread. */
    GuestMemory memory() {
        return memory;
    }

    /** All that there are, in no order. */
    Collection<Gpadl> all() {
        return List.copyOf(all.values());
    }

    /** As they were saved; false if they cannot be, and then there are some of them. */
    boolean restore(List<Gpadl> saved) {
        for (Gpadl gpadl : saved) {
            boolean isPossible = gpadl.count() >= 2 && !all.containsKey(gpadl.id()) && !isTooMuch(gpadl);
            if (!isPossible || gpadl.isComplete() && !gpadl.map(memory)) {
                return false;
            }
            all.put(gpadl.id(), gpadl);
            pages += gpadl.pageNumbers();
        }
        return true;
    }

    /** A GPADL's first message, for a channel that exists. */
    Outcome header(ByteBuffer message) {
        Gpadl gpadl = Gpadl.begin(message);
        if (gpadl == null || all.containsKey(gpadl.id()) || isTooMuch(gpadl)) {
            return Outcome.REFUSED;
        }
        all.put(gpadl.id(), gpadl);
        pages += gpadl.pageNumbers();
        return completed(gpadl);
    }

    private boolean isTooMuch(Gpadl gpadl) {
        long ofChannel = all.values().stream()
                .filter(other -> other.channel() == gpadl.channel())
                .count();
        return ofChannel >= MOST_PER_CHANNEL || pages + gpadl.pageNumbers() > mostPages;
    }

    /** A further message. */
    Outcome body(ByteBuffer message) {
        Gpadl gpadl = all.get(message.getInt(12));
        if (gpadl == null || gpadl.isComplete()) {
            return Outcome.NOTHING;
        }
        gpadl.more(message);
        return completed(gpadl);
    }

    private Outcome completed(Gpadl gpadl) {
        if (!gpadl.isComplete()) {
            return Outcome.NOTHING;
        }
        if (gpadl.map(memory)) {
            return Outcome.CREATED;
        }
        remove(gpadl.id());
        return Outcome.REFUSED;
    }

    /** The channel of a GPADL; 0 if there is none with this id. */
    int channelOf(int id) {
        Gpadl gpadl = all.get(id);
        return gpadl == null ? 0 : gpadl.channel();
    }

    /** The pages of a channel's GPADL; null if it has none with this id, or that is not complete. */
    PageList pages(int channel, int id) {
        Gpadl gpadl = all.get(id);
        return gpadl == null || gpadl.channel() != channel ? null : gpadl.pages();
    }

    void remove(int id) {
        Gpadl gpadl = all.remove(id);
        if (gpadl != null) {
            pages -= gpadl.pageNumbers();
        }
    }

    /** Forgets those of a channel. */
    void removeAll(int channel) {
        all.values().removeIf(gpadl -> {
            boolean isOfChannel = gpadl.channel() == channel;
            pages -= isOfChannel ? gpadl.pageNumbers() : 0;
            return isOfChannel;
        });
    }

    void clear() {
        all.clear();
        pages = 0;
    }
}
