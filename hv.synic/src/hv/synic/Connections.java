package hv.synic;

import hv.api.synic.SynicPorts;
import java.util.Map;
import java.util.TreeMap;

/**
 * Connection ids and who is behind them. Looking one up is a volatile load and one or two places of an open-addressed
 * table, whatever the number of connections: no lock, no allocation. Connecting and disconnecting copies the table,
 * under a lock.
 *
 * @param <T> the receivers' interface
 */
final class Connections<T> {
    private static final int FREE = -1;

    /** 2^32 divided by the golden ratio: spreads ids that follow each other. */
    private static final int SPREAD = 0x9E37_79B9;

    private final Class<T> type;
    private volatile Table table = new Table(new int[0], new Object[0]);

    Connections(Class<T> type) {
        this.type = type;
    }

    /** Who is behind {@code id}, 0 to 0xFFFFFF, or null. */
    T find(int id) {
        return type.cast(table.find(id));
    }

    /** All connections, for whoever takes over. */
    synchronized Map<Integer, T> all() {
        Map<Integer, T> all = new TreeMap<>();
        Table now = table;
        for (int i = 0; i < now.ids.length; i++) {
            all.put(now.ids[i], type.cast(now.receivers[i]));
        }
        return all;
    }

    /** Takes what {@link #all} of a predecessor gave; what is none of these is left out. */
    synchronized void replace(Object predecessors) {
        Map<Integer, T> taken = new TreeMap<>();
        if (predecessors instanceof Map<?, ?> map) {
            map.forEach((id, receiver) -> {
                if (id instanceof Integer number && type.isInstance(receiver)) {
                    taken.put(number, type.cast(receiver));
                }
            });
        }
        table = new Table(
                taken.keySet().stream().mapToInt(Integer::intValue).toArray(),
                taken.values().toArray());
    }

    synchronized void connect(int id, T receiver) {
        if (id < 0 || id > SynicPorts.MAX_CONNECTION_ID) {
            throw new IllegalArgumentException(
                    "connection id 0x%x: must be 0 to 0x%x".formatted(id, SynicPorts.MAX_CONNECTION_ID));
        }
        java.util.Objects.requireNonNull(receiver, "receiver");
        Table now = table;
        if (now.find(id) != null) {
            throw new IllegalStateException("connection id 0x%x is taken".formatted(id));
        }
        int count = now.ids.length;
        if (count == SynicPorts.MAX_CONNECTIONS) {
            throw new IllegalStateException("there are " + count + " connections already");
        }
        int[] ids = java.util.Arrays.copyOf(now.ids, count + 1);
        Object[] receivers = java.util.Arrays.copyOf(now.receivers, count + 1);
        ids[count] = id;
        receivers[count] = receiver;
        table = new Table(ids, receivers);
    }

    synchronized void disconnect(int id) {
        Table now = table;
        if (id < 0 || now.find(id) == null) {
            return;
        }
        int last = now.ids.length - 1;
        int[] ids = java.util.Arrays.copyOf(now.ids, last);
        Object[] receivers = java.util.Arrays.copyOf(now.receivers, last);
        for (int i = 0; i < last; i++) {
            if (now.ids[i] == id) {
                ids[i] = now.ids[last];
                receivers[i] = now.receivers[last];
            }
        }
        table = new Table(ids, receivers);
    }

    /**
     * The connections in the order they are kept, and the same in places found by hashing, at most half of them taken.
     * Immutable.
     */
    private static final class Table {
        final int[] ids;
        final Object[] receivers;
        private final int[] idAt;
        private final Object[] receiverAt;
        private final int shift;

        Table(int[] ids, Object[] receivers) {
            this.ids = ids;
            this.receivers = receivers;
            int bits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * ids.length + 1);
            shift = Integer.SIZE - bits;
            idAt = new int[1 << bits];
            receiverAt = new Object[1 << bits];
            java.util.Arrays.fill(idAt, FREE);
            for (int i = 0; i < ids.length; i++) {
                int place = ids[i] * SPREAD >>> shift;
                while (idAt[place] != FREE) {
                    place = place + 1 & idAt.length - 1;
                }
                idAt[place] = ids[i];
                receiverAt[place] = receivers[i];
            }
        }

        Object find(int id) {
            int place = id * SPREAD >>> shift;
            while (idAt[place] != id) {
                if (idAt[place] == FREE) {
                    return null;
                }
                place = place + 1 & idAt.length - 1;
            }
            return receiverAt[place];
        }
    }
}
