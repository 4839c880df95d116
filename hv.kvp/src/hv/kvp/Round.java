package hv.kvp;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One reading of all that a guest tells: the pairs of its pools, one after another, then the addresses of its adapters.
 * A guest that never says that there are no more is not asked for more than 256 of a pool. Used by the thread that
 * serves the channel.
 */
final class Round {
    /** What a guest answers when a pool has no more pairs. */
    static final int NO_MORE = 0x8007_0103;

    private static final int MOST_PAIRS = 256;

    /** What a guest knows by itself comes first: its programs' pairs cannot take the place of that. */
    private static final List<Integer> POOLS = List.of(KvpMessage.POOL_AUTO, KvpMessage.POOL_GUEST);

    private final List<String> adapters;
    private final Map<String, String> pairs = new TreeMap<>();
    private final Map<String, String> addresses = new TreeMap<>();

    /** The pool or, behind all pools, the adapter that it is at. */
    private int at;

    private int index;
    private boolean hasHeard;

    Round(List<String> adapters) {
        this.adapters = adapters;
    }

    /** Whether there is nothing left to ask. */
    boolean isDone() {
        return at == POOLS.size() + adapters.size();
    }

    /** The next request; not when it is done. */
    byte[] request() {
        return at < POOLS.size()
                ? KvpMessage.enumerate(POOLS.get(at), index)
                : KvpMessage.addresses(adapters.get(at - POOLS.size()));
    }

    /** Takes the answer to it. */
    void take(int status, ByteBuffer answer) {
        if (at >= POOLS.size()) {
            takeAddresses(status, answer);
            at++;
            return;
        }
        hasHeard |= status == 0 || status == NO_MORE;
        if (status == 0) {
            KvpMessage.pair(answer).ifPresent(pair -> pairs.putIfAbsent(pair.key(), pair.value()));
        }
        index++;
        if (status != 0 || index == MOST_PAIRS) {
            at++;
            index = 0;
        }
    }

    private void takeAddresses(int status, ByteBuffer answer) {
        String adapter = adapters.get(at - POOLS.size());
        if (status == 0) {
            KvpMessage.addressList(answer).ifPresent(list -> addresses.put(adapter, list.replaceAll(";+$", "")));
        }
    }

    /** Whether the guest has told anything, be it that there is nothing. */
    boolean hasHeard() {
        return hasHeard;
    }

    /** What was heard. */
    Heard heard() {
        return new Heard(pairs, addresses);
    }
}
