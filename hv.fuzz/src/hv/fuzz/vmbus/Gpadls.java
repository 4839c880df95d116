package hv.fuzz.vmbus;

import hv.fuzz.target.Finding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory that the guest has described, as it knows it: what it has posted, and what it was told about that. An id
 * that it has used twice may mean either: then nothing is said about which. One thread.
 */
final class Gpadls {
    /** One of them. */
    static final class Gpadl {
        final int channel;
        final long[] pages;
        private final int declaredWords;
        private final boolean isKnown;
        private int words;
        private Owed.Answer answer;

        private Gpadl(int channel, int declaredWords, boolean isKnown) {
            this.isKnown = isKnown;
            this.channel = channel;
            this.declaredWords = declaredWords;
            this.pages = new long[declaredWords - 1];
        }

        private void take(ByteBuffer message, int from) {
            for (int at = from; at + Long.BYTES <= message.limit() && words < declaredWords; at += Long.BYTES) {
                if (words > 0) {
                    pages[words - 1] = message.getLong(at);
                }
                words++;
            }
        }

        private boolean isComplete() {
            return words == declaredWords;
        }
    }

    private static final int CREATED = 10;
    private static final int ID_AT = 12;

    private final Owed owed;
    private final int pages;
    private final Map<Integer, List<Gpadl>> all = new HashMap<>();

    /**
     * None.
     *
     * @param pages how many the guest has, from 0 on
     */
    Gpadls(Owed owed, int pages) {
        this.owed = owed;
        this.pages = pages;
    }

    /**
     * The guest has posted a header.
     *
     * @param isKnown whether the channel that it names is there for sure; of another, the host may know it or not
     */
    void header(ByteBuffer message, int slot, boolean isKnown) {
        int id = message.getInt(ID_AT);
        int declared = message.getShort(16) & 0xFFFF;
        boolean isShaped = declared % Long.BYTES == 0 && declared >= 2 * Long.BYTES && message.getShort(18) == 1;
        Gpadl gpadl = isShaped ? new Gpadl(message.getInt(8), declared / Long.BYTES, isKnown) : null;
        if (gpadl != null) {
            gpadl.take(message, 20);
            all.computeIfAbsent(id, key -> new ArrayList<>()).add(gpadl);
        }
        Owed.Answer answer;
        if (gpadl != null && !gpadl.isComplete()) {
            answer = owed.kept(slot, CREATED, ID_AT, id);
        } else if (isKnown) {
            answer = owed.due(slot, CREATED, ID_AT, id);
        } else {
            answer = owed.possible(slot, CREATED, ID_AT, id);
        }
        if (gpadl != null) {
            gpadl.answer = answer;
        }
    }

    /** The guest has posted a further part. */
    void body(ByteBuffer message) {
        List<Gpadl> ofId = of(message.getInt(ID_AT));
        for (Gpadl gpadl : ofId) {
            if (!gpadl.isComplete()) {
                gpadl.take(message, 16);
                if (gpadl.isComplete() && gpadl.isKnown && ofId.size() == 1) {
                    owed.isDue(gpadl.answer);
                }
            }
        }
    }

    /** The host has said whether it knows it. */
    void created(ByteBuffer message, Owed.Answer given) {
        int id = message.getInt(ID_AT);
        if (of(id).size() != 1 || of(id).get(0).answer != given) {
            return;
        }
        Gpadl gpadl = of(id).get(0);
        if (message.getInt(16) != 0) {
            all.remove(id);
        } else if (!gpadl.isComplete() || Arrays.stream(gpadl.pages).anyMatch(page -> page < 0 || page >= pages)) {
            throw new Finding("memory is taken that is none, or not described yet");
        }
    }

    /** Those that this id may mean. */
    List<Gpadl> of(int id) {
        return all.getOrDefault(id, List.of());
    }

    /** Forgets those of a channel that this id may mean; false if there were none. */
    boolean remove(int channel, int id) {
        List<Gpadl> ofId = all.getOrDefault(id, new ArrayList<>());
        boolean isSome = ofId.removeIf(gpadl -> gpadl.channel == channel);
        if (ofId.isEmpty()) {
            all.remove(id);
        }
        return isSome;
    }

    void removeOf(int channel) {
        all.values().forEach(ofId -> ofId.removeIf(gpadl -> gpadl.channel == channel));
        all.values().removeIf(List::isEmpty);
    }

    void clear() {
        all.clear();
    }
}
