package hv.faults.judge;

import hv.faults.run.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What holds for every run, whatever is done to it. */
public final class Rules {
    private static final int FIRST_SIGNAL_STATUS = 129;

    /** A frame, a cause, an uncaught exception, the name of a class of exceptions, a crash of the JVM. */
    private static final Pattern TRACE = Pattern.compile("(?m)^\\s+at [\\w.$/@]+\\(.*\\)\\s*$"
            + "|^Caused by: "
            + "|Exception in thread "
            + "|^\\s*\\.\\.\\. \\d+ more$"
            + "|\\b(?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error|Throwable)\\b"
            + "|A fatal error has been detected by the Java Runtime");

    /** A frame or a crash; what a dump of threads need not have. */
    private static final Pattern UNCAUGHT =
            Pattern.compile("Exception in thread |A fatal error has been detected by the Java Runtime");

    /** What Java says, in its own words, when it cannot even begin. */
    private static final Pattern JAVAS_OWN = Pattern.compile("Error occurred during initialization of VM\\R.*");

    /** What Java says when a signal ends it before it has begun: it could not start, or could not log that it ends. */
    private static final Pattern JAVAS_UNBEGUN = Pattern.compile(
            "\\A(?:Error occurred during initialization of VM\\R|Runtime\\.exit\\(\\d+\\) logging failed: )");

    /** What Java says where it cannot go on; it writes that on standard output, whatever it is told. */
    private static final String JAVAS_END = "There is insufficient memory for the Java Runtime Environment to continue";

    private Rules() {}

    /** Each rule that the run has broken, in a few words. */
    public static List<String> broken(Outcome outcome, Expected expected) {
        List<String> broken = new ArrayList<>();
        if (expected.mayEndInJava() && !outcome.isHung() && isUnbegun(outcome)) {
            return broken;
        }
        if (outcome.isHung()) {
            broken.add("it hung and was killed");
        } else if (!expected.statuses().isEmpty() && !expected.statuses().contains(outcome.status())) {
            broken.add("status %d, not one of %s".formatted(outcome.status(), expected.statuses()));
        }
        if (hasTrace(outcome.err(), expected.mayDumpThreads()) || hasTrace(outcome.out(), expected.mayDumpThreads())) {
            broken.add("a stack trace or the name of a class was shown");
        }
        if (!outcome.isHung() && expected.isSaid() && isSilent(outcome)) {
            broken.add("it failed and said nothing");
        }
        long lines = expected.mayDumpThreads()
                ? 0
                : outcome.err().lines().filter(line -> !line.isBlank()).count();
        if (lines > expected.mostLines()) {
            broken.add("%d lines on standard error".formatted(lines));
        }
        if (!outcome.processes().isEmpty()) {
            broken.add("processes outlived it: " + outcome.processes());
        }
        return broken;
    }

    /** Whether a text holds what only a programmer reads. */
    public static boolean isTrace(String text) {
        return TRACE.matcher(JAVAS_OWN.matcher(text).replaceAll("")).find();
    }

    private static boolean isUnbegun(Outcome outcome) {
        boolean isJavas = JAVAS_UNBEGUN.matcher(outcome.out() + outcome.err()).find();
        return isJavas && outcome.processes().isEmpty();
    }

    private static boolean hasTrace(String text, boolean mayDumpThreads) {
        return mayDumpThreads ? UNCAUGHT.matcher(text).find() : isTrace(text);
    }

    private static boolean isSilent(Outcome outcome) {
        boolean isSignal = outcome.status() >= FIRST_SIGNAL_STATUS;
        String said = outcome.terminal().isPresent() || outcome.out().contains(JAVAS_END)
                ? outcome.out() + outcome.err()
                : outcome.err();
        return outcome.status() != 0 && !isSignal && said.isBlank();
    }
}
