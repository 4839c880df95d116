package hv.partition.failure;

import hv.api.dto.FailureDTO;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Failures of code that is not ours, which are bugs and not guest behaviour: logged and counted by place and kind, so
 * that one which is repeated for ever fills no log and hides no other. The first, the tenth, the hundredth and so on of
 * each kind are written.
 *
 * <p>Nothing here throws, whatever memory is left: it is called where an exception must not spread. Any thread.
 */
public final class Failures {
    /** Where a failure is counted that is not an enlightenment's. */
    public static final String HOST = "host";

    /** The place of listeners. */
    public static final String LISTENER = "listener";

    /** The place of tasks that somebody gave to a VP. */
    public static final String TASK = "task";

    /** Places are known ids, so there are never as many; what goes beyond is counted together. */
    static final int MOST_PLACES = 256;

    private static final String OTHERS = "others";
    private static final System.Logger LOG = System.getLogger("hv.partition");

    private final String where;
    private final Suspects suspects;
    private final ConcurrentMap<String, PlaceFailures> places = new ConcurrentHashMap<>();

    /** Failures that could not be told when they happened. */
    private final AtomicLong untold = new AtomicLong();

    /** Tells whose code failed. */
    public interface Suspects {
        /** Knows nobody: everything is the fault of who was asked. */
        Suspects NOBODY = new Suspects() {
            @Override
            public String ofMsr(int msr) {
                return OTHERS;
            }

            @Override
            public String ofCall(int code) {
                return OTHERS;
            }

            @Override
            public String innermost(StackTraceElement[] stack, String asked) {
                return asked;
            }
        };

        /** The place that an MSR belongs to. */
        String ofMsr(int msr);

        /** The place that calls with a code belong to. */
        String ofCall(int code);

        /** The place whose code is innermost, or {@code asked} if no place's is. */
        String innermost(StackTraceElement[] stack, String asked);
    }

    /** Failures of {@code where}, for people, when whose code it was is known without looking. */
    public Failures(String where) {
        this(where, Suspects.NOBODY);
    }

    /** Failures of {@code where}, for people. */
    public Failures(String where, Suspects suspects) {
        this.where = where;
        this.suspects = suspects;
    }

    /** A handler of {@code msr} has failed on the thread of VP {@code vp}. */
    public void ofMsr(Callback callback, int msr, int vp, Throwable failure) {
        try {
            look(suspects.ofMsr(msr), callback, "0x%08x on VP %d".formatted(msr, vp), failure);
        } catch (Throwable tooMuch) {
            untold.incrementAndGet();
        }
    }

    /** A handler of calls with {@code code} has failed on the thread of VP {@code vp}. */
    public void ofCall(int code, int vp, Throwable failure) {
        try {
            look(suspects.ofCall(code), Callback.HYPERCALL, "0x%04x on VP %d".formatted(code, vp), failure);
        } catch (Throwable tooMuch) {
            untold.incrementAndGet();
        }
    }

    /** Code of {@code asked}, or code that this has called in turn, has failed on the thread of VP {@code vp}. */
    public void onVp(String asked, Callback callback, int vp, Throwable failure) {
        try {
            look(asked, callback, "VP " + vp, failure);
        } catch (Throwable tooMuch) {
            untold.incrementAndGet();
        }
    }

    private void look(String asked, Callback callback, String detail, Throwable failure) {
        boolean isEnlightenment = !asked.equals(HOST) && !asked.equals(LISTENER) && !asked.equals(TASK);
        String place = isEnlightenment ? suspects.innermost(failure.getStackTrace(), asked) : asked;
        add(place, asked, callback, detail, failure);
    }

    /**
     * Counts a failure of {@code place}, and logs it if it is time.
     *
     * @param callback what its code was called for
     */
    public void record(String place, Callback callback, Throwable failure) {
        try {
            add(place, place, callback, "", failure);
        } catch (Throwable tooMuch) {
            // No memory or stack is left even for this. It is told with the next failure.
            untold.incrementAndGet();
        }
    }

    private void add(String place, String asked, Callback callback, String detail, Throwable failure) {
        long n = place(place).kind(callback, failure.getClass()).add(failure);
        if (isPowerOfTen(n)) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "%s: %s failed in %s%s (failure %d of its kind): %s"
                            .formatted(
                                    where,
                                    name(place),
                                    callback,
                                    in(detail, asked, place),
                                    n,
                                    OneLine.inFull(failure)));
            LOG.log(System.Logger.Level.DEBUG, "the whole of it", failure);
        }
        tellUntold();
    }

    private void tellUntold() {
        long missed = untold.get();
        if (missed != 0) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "%s: %d failures before could not be told for lack of memory".formatted(where, missed));
            untold.addAndGet(-missed);
        }
    }

    private static String in(String detail, String asked, String place) {
        String caller = place.equals(asked) ? "" : "called by " + name(asked);
        if (detail.isEmpty() && caller.isEmpty()) {
            return "";
        }
        return " (" + detail + (detail.isEmpty() || caller.isEmpty() ? "" : ", ") + caller + ")";
    }

    private static String name(String place) {
        return switch (place) {
            case HOST -> "the host";
            case LISTENER -> "a listener";
            case TASK -> "somebody's task";
            case OTHERS -> "somebody";
            default -> place.startsWith("partition") ? "the " + place : "hv-" + place;
        };
    }

    private PlaceFailures place(String place) {
        PlaceFailures known = places.get(place);
        if (known != null) {
            return known;
        }
        return places.computeIfAbsent(places.size() < MOST_PLACES ? place : OTHERS, PlaceFailures::new);
    }

    /** How often the code of {@code place} has failed. */
    public long count(String place) {
        PlaceFailures known = places.get(place);
        return known == null ? 0 : known.count();
    }

    /** One line about the last failure of {@code place}; empty if it has never failed. */
    public String last(String place) {
        PlaceFailures known = places.get(place);
        return known == null ? "" : known.last();
    }

    /** All, by place and what for. */
    public List<FailureDTO> rows() {
        return places.values().stream()
                .flatMap(PlaceFailures::rows)
                .sorted(Comparator.comparing(FailureDTO::place)
                        .thenComparing(FailureDTO::callback)
                        .thenComparing(FailureDTO::kind))
                .toList();
    }

    /** Whether the {@code n}th of many is worth a line: 1, 10, 100 and so on. */
    public static boolean isPowerOfTen(long n) {
        long rest = n;
        while (rest > 1 && rest % 10 == 0) {
            rest /= 10;
        }
        return rest == 1;
    }
}
