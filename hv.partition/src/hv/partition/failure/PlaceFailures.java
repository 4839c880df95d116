package hv.partition.failure;

import hv.api.dto.FailureDTO;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The failures of one place, by what its code was asked for and what it threw. Any thread. */
final class PlaceFailures {
    /** Kinds that are told apart. One more stands for all others. */
    static final int MOST_KINDS = 32;

    private final String place;
    private final List<Kind> kinds = new CopyOnWriteArrayList<>();
    private final Kind others = new Kind(null, null);
    private volatile Kind latest = others;

    PlaceFailures(String place) {
        this.place = place;
    }

    /** Finds the kind; allocates only for one that is new. */
    Kind kind(Callback callback, Class<?> thrown) {
        for (Kind kind : kinds) {
            if (kind.callback == callback && kind.thrown.equals(thrown.getName())) {
                return kind;
            }
        }
        return add(callback, thrown.getName());
    }

    private synchronized Kind add(Callback callback, String thrown) {
        for (Kind kind : kinds) {
            if (kind.callback == callback && kind.thrown.equals(thrown)) {
                return kind;
            }
        }
        if (kinds.size() == MOST_KINDS) {
            return others;
        }
        Kind kind = new Kind(callback, thrown);
        kinds.add(kind);
        return kind;
    }

    long count() {
        long sum = others.count.get();
        for (Kind kind : kinds) {
            sum += kind.count.get();
        }
        return sum;
    }

    String last() {
        Kind last = latest;
        return last.count.get() == 0 ? "" : last.line();
    }

    Stream<FailureDTO> rows() {
        return Stream.concat(kinds.stream(), Stream.of(others))
                .filter(kind -> kind.count.get() > 0)
                .map(Kind::row);
    }

    /** One kind. It keeps the name of a class and not the class, whose bundle may leave. */
    final class Kind {
        private final Callback callback;
        private final String thrown;
        private final AtomicLong count = new AtomicLong();
        private final Instant first = Instant.now();
        private volatile Instant last = first;
        private volatile String message = "";

        private Kind(Callback callback, String thrown) {
            this.callback = callback;
            this.thrown = thrown;
        }

        /** Counts one more; how many there are now. */
        long add(Throwable failure) {
            long n = count.incrementAndGet();
            latest = this;
            last = Instant.now();
            message = OneLine.of(failure);
            return n;
        }

        private String line() {
            return callback == null ? message : callback + ": " + message;
        }

        private FailureDTO row() {
            return new FailureDTO(
                    place,
                    callback == null ? "anything else" : callback.toString(),
                    callback == null ? "" : kindOf(thrown),
                    count.get(),
                    first,
                    last,
                    message);
        }
    }

    private static String kindOf(String thrown) {
        return thrown.equals(OverdueException.class.getName()) ? OverdueException.KIND : thrown;
    }
}
