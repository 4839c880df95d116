package hv.netvsc;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** What went through an adapter. Counted by one thread, read by any. */
final class Counters {
    static final int SENT_FRAMES = 0;
    static final int SENT_BYTES = 1;
    static final int RECEIVED_FRAMES = 2;
    static final int RECEIVED_BYTES = 3;

    /** Of the guest's frames those that went nowhere. */
    static final int SENT_DROPPED = 4;

    /** Of the frames for the guest those that it has not wanted, or that were too long for it. */
    static final int RECEIVED_DROPPED = 5;

    /** What the guest has sent that cannot be. */
    static final int FAULTS = 6;

    private static final String[] NAMES = {
        "sent frames",
        "sent bytes",
        "received frames",
        "received bytes",
        "sent dropped",
        "received dropped",
        "guest faults"
    };

    private final AtomicLongArray counts = new AtomicLongArray(NAMES.length);

    void add(int which, long count) {
        counts.setPlain(which, counts.getPlain(which) + count);
    }

    long get(int which) {
        return counts.get(which);
    }

    /** All of them, in their order. */
    Map<String, Long> all() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (int i = 0; i < NAMES.length; i++) {
            all.put(NAMES[i], counts.get(i));
        }
        return all;
    }

    void save(StateWriter out) {
        for (int i = 0; i < NAMES.length; i++) {
            out.put(name(i), counts.get(i));
        }
    }

    void restore(StateReader in) throws StateException {
        for (int i = 0; i < NAMES.length; i++) {
            counts.set(i, in.get(name(i), 0));
        }
    }

    private static String name(int which) {
        return "count." + NAMES[which].replace(' ', '.');
    }
}
