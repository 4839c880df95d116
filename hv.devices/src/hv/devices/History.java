package hv.devices;

import hv.api.dto.SwapDTO;
import hv.api.dto.SwapDTO.Kind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** What has happened to the places of a guest's devices, the newest {@value #MOST}. Any thread. */
final class History {
    private static final int MOST = 1024;
    private static final System.Logger LOG = System.getLogger("hv.devices");

    private final int partition;
    private final Deque<SwapDTO> rows = new ArrayDeque<>();

    History(int partition) {
        this.partition = partition;
    }

    /** One change while it is under way. One thread. */
    final class Change {
        private final Kind kind;
        private final String name;
        private final String from;
        private final String to;
        private final Instant when = Instant.now();
        private long beganNanos = System.nanoTime();
        private long stateBytes;

        private Change(Kind kind, String name, String from, String to) {
            this.kind = kind;
            this.name = name;
            this.from = from;
            this.to = to;
        }

        /** From now on the guest's signals are only kept. */
        void paused() {
            beganNanos = System.nanoTime();
        }

        void stateBytes(long bytes) {
            stateBytes = bytes;
        }

        SwapDTO done(String outcome) {
            return add(true, (System.nanoTime() - beganNanos) / 1000, outcome);
        }

        /** It was not done; worth a line in the log, since whoever caused it may not look here. */
        SwapDTO failed(String reason) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "partition {0}: {1} of {2} not done: {3}",
                    partition,
                    kind.name().toLowerCase(Locale.ROOT),
                    name,
                    reason);
            return add(false, 0, reason);
        }

        private SwapDTO add(boolean isDone, long pauseMicros, String outcome) {
            SwapDTO row = new SwapDTO(name, when, kind, from, to, isDone, pauseMicros, stateBytes, outcome);
            synchronized (rows) {
                if (rows.size() == MOST) {
                    rows.removeFirst();
                }
                rows.addLast(row);
            }
            return row;
        }
    }

    Change begin(Kind kind, String name, String from, String to) {
        return new Change(kind, name, from, to);
    }

    List<SwapDTO> rows() {
        synchronized (rows) {
            return List.copyOf(rows);
        }
    }
}
