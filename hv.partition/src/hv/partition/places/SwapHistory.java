package hv.partition.places;

import hv.api.dto.SwapDTO;
import hv.api.dto.SwapDTO.Kind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** What has happened to the places of a partition, the newest {@value #MOST}. Any thread. */
public final class SwapHistory {
    public static final int MOST = 1024;

    private static final System.Logger LOG = System.getLogger("hv.partition");

    private final int partition;
    private final Consumer<SwapDTO> told;
    private final Deque<SwapDTO> all = new ArrayDeque<>();

    /** @param told is told of each, and does not throw */
    SwapHistory(int partition, Consumer<SwapDTO> told) {
        this.partition = partition;
        this.told = told;
    }

    /** One change while it is under way. On one thread. */
    final class Change {
        private final String id;
        private final Instant when = Instant.now();
        private final Kind kind;
        private final String from;
        private final String to;
        private volatile long stateBytes;
        private volatile boolean isStateLost;

        private Change(String id, Kind kind, String from, String to) {
            this.id = id;
            this.kind = kind;
            this.from = from;
            this.to = to;
        }

        void stateBytes(long bytes) {
            stateBytes = bytes;
        }

        void stateLost() {
            isStateLost = true;
        }

        boolean isStateLost() {
            return isStateLost;
        }

        SwapDTO done(long pauseNanos, String outcome) {
            return add(true, pauseNanos / 1000, outcome);
        }

        /** It was not done; worth a line in the log, since whoever caused it may not look here. */
        SwapDTO failed(String reason) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "partition {0}: {1} of hv-{2} not done: {3}",
                    partition,
                    kind.name().toLowerCase(java.util.Locale.ROOT),
                    id,
                    reason);
            return add(false, 0, reason);
        }

        private SwapDTO add(boolean succeeded, long pauseMicros, String outcome) {
            SwapDTO row = new SwapDTO(id, when, kind, from, to, succeeded, pauseMicros, stateBytes, outcome);
            synchronized (all) {
                if (all.size() == MOST) {
                    all.removeFirst();
                }
                all.addLast(row);
            }
            told.accept(row);
            return row;
        }
    }

    Change begin(Kind kind, String id, String from, String to) {
        return new Change(id, kind, from, to);
    }

    List<SwapDTO> rows() {
        synchronized (all) {
            return List.copyOf(all);
        }
    }
}
