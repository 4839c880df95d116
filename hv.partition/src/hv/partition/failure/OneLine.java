package hv.partition.failure;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A failure in one line of bounded length: what happened, and where. A log that people see beside their guest's output
 * is no place for stack traces, and the innermost frame is what one looks for; of a thread that hangs some more, since
 * nothing else tells what it does.
 */
final class OneLine {
    private static final int FRAMES = 8;
    private static final int FEW_FRAMES = 3;
    private static final int MOST_CAUSES = 4;

    private OneLine() {}

    /** What happened and the innermost frame. */
    static String of(Throwable failure) {
        return Words.of(failure) + at(failure, 1);
    }

    /** One line with the causes too, and of a thread that hangs with more frames. */
    static String inFull(Throwable failure) {
        StringBuilder line = new StringBuilder(Words.of(failure))
                .append(at(failure, failure instanceof OverdueException ? FRAMES : 1));
        Throwable cause = failure.getCause();
        for (int i = 0; i < MOST_CAUSES && cause != null; i++, cause = cause.getCause()) {
            line.append("; because ").append(Words.of(cause)).append(at(cause, 1));
        }
        return line.toString();
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
