package hv.partition.failure;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A failure in one line of bounded length: what was thrown, and from where. A log that people see beside their guest's output is no place for
 * stack traces, and the innermost frames are what one looks for.
 */
final class OneLine {
    private static final int MOST_CHARACTERS = 200;
    private static final int FRAMES = 8;
    private static final int FEW_FRAMES = 3;
    private static final int MOST_CAUSES = 4;

    private OneLine() {}

    /** What was thrown and the innermost frame. */
    static String of(Throwable failure) {
        return what(failure) + at(failure, 1);
    }

    /** The same with more frames, and with the causes. */
    static String inFull(Throwable failure) {
        StringBuilder line = new StringBuilder(what(failure)).append(at(failure, FRAMES));
        Throwable cause = failure.getCause();
        for (int i = 0; i < MOST_CAUSES && cause != null; i++, cause = cause.getCause()) {
            line.append("; caused by ").append(what(cause)).append(at(cause, FRAMES));
        }
        return line.toString();
    }

    private static String what(Throwable failure) {
        String text = failure instanceof OverdueException ? failure.getMessage() : failure.toString();
        String line = text.lines().findFirst().orElse("");
        return line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) + "..." : line;
    }

    private static String at(Throwable failure, int most) {
        StackTraceElement[] stack = failure.getStackTrace();
        String more = stack.length > most && most > 1 ? " < ..." : "";
        return stack.length == 0 ? "" : " at " + frames(Arrays.stream(stack).limit(most)) + more;
    }

    /** The innermost frames that are not the JDK's: for what is said to somebody who waits for an answer. */
    static String place(Throwable failure) {
        return frames(Arrays.stream(failure.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("java")
                        && !frame.getClassName().startsWith("jdk."))
                .limit(FEW_FRAMES));
    }

    private static String frames(Stream<StackTraceElement> stack) {
        return stack.map(frame -> "%s.%s(%s:%d)"
                        .formatted(
                                frame.getClassName(),
                                frame.getMethodName(),
                                frame.getFileName(),
                                frame.getLineNumber()))
                .collect(Collectors.joining(" < "));
    }
}
