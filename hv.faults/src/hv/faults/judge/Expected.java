package hv.faults.judge;

import java.util.Set;
import java.util.TreeSet;

/**
 * What may come of a run.
 *
 * @param statuses exit statuses; empty for any
 * @param isSaid whether a status other than 0 needs a line on standard error
 * @param mostLines on standard error
 * @param isClean whether it has to take its temporary files away itself; a later start does it otherwise
 * @param mayDumpThreads whether Java's stacks may be printed, as they are after SIGQUIT
 * @param mayEndInJava whether Java may end before the program begins, with its own words and status: a signal that
 *     comes while Java starts finds it unprepared now and then
 * @param seconds how long it may take on a quiet machine of the usual speed
 */
public record Expected(
        Set<Integer> statuses,
        boolean isSaid,
        int mostLines,
        boolean isClean,
        boolean mayDumpThreads,
        boolean mayEndInJava,
        double seconds) {
    private static final int FEW_LINES = 4;
    private static final double USUAL_SECONDS = 4;

    /** Copies the set. */
    public Expected {
        statuses = Set.copyOf(statuses);
    }

    /** One of these statuses, and otherwise what is usual. */
    public static Expected status(Integer... statuses) {
        return new Expected(Set.of(statuses), true, FEW_LINES, true, false, false, USUAL_SECONDS);
    }

    /** Success, failure or unusable input, whichever it is. */
    public static Expected documented() {
        return status(0, 1, 2);
    }

    /** As this, or with these statuses too. */
    public Expected or(Integer... more) {
        Set<Integer> all = new TreeSet<>(statuses);
        all.addAll(Set.of(more));
        return new Expected(all, isSaid, mostLines, isClean, mayDumpThreads, mayEndInJava, seconds);
    }

    /** Nothing has to be said. */
    public Expected silent() {
        return new Expected(statuses, false, mostLines, isClean, mayDumpThreads, mayEndInJava, seconds);
    }

    /** So many lines on standard error. */
    public Expected lines(int most) {
        return new Expected(statuses, isSaid, most, isClean, mayDumpThreads, mayEndInJava, seconds);
    }

    /** Temporary files may wait for a later start. */
    public Expected unclean() {
        return new Expected(statuses, isSaid, mostLines, false, mayDumpThreads, mayEndInJava, seconds);
    }

    /** Java's stacks may be printed. */
    public Expected withThreads() {
        return new Expected(statuses, isSaid, mostLines, isClean, true, mayEndInJava, seconds);
    }

    /** Java may end before the program begins. */
    public Expected orEndInJava() {
        return new Expected(statuses, isSaid, mostLines, isClean, mayDumpThreads, true, seconds);
    }

    /** Within so many seconds on a quiet machine. */
    public Expected within(double most) {
        return new Expected(statuses, isSaid, mostLines, isClean, mayDumpThreads, mayEndInJava, most);
    }
}
