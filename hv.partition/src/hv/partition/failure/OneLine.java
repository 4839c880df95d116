package hv.partition.failure;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A failure in one line of bounded length: what was thrown, and from where. A log that people see beside their guest's output is no place for
 * stack traces, and the innermost frames are what one looks for.
 */
final class OneLine {
    private static final int MOST_CHARACTERS = 200;
    private static final int FRAMES = 8;
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

    private static String at(Throwable failure, int frames) {
        return failure.getStackTrace().length == 0 ? "" : " at " + frames(failure, frames);
    }

    /** The innermost frames. */
    static String frames(Throwable failure) {
        return frames(failure, FRAMES);
    }

    private static String frames(Throwable failure, int most) {
        StackTraceElement[] stack = failure.getStackTrace();
        return Arrays.stream(stack)
                .limit(most)
                .map(frame -> "%s.%s(%s:%d)"
                        .formatted(
                                frame.getClassName(),
                                frame.getMethodName(),
                                frame.getFileName(),
                                frame.getLineNumber()))
                .collect(Collectors.joining(" < ", "", stack.length > most && most > 1 ? " < ..." : ""));
    }
}
