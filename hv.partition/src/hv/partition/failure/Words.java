package hv.partition.failure;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What was thrown, as a person would say it: the names of classes mean something to programmers only. They are in what
 * is counted, and in the log at its finest. Any thread.
 */
public final class Words {
    private static final int MOST_CHARACTERS = 200;
    private static final Pattern TYPE =
            Pattern.compile("\\b(?:[a-z]\\w*\\.)+[A-Z][\\w$]*(?:Exception|Error|Throwable)\\b(?:: )?");
    private static final Pattern ENDING = Pattern.compile("(?:Exception|Error|Throwable)$");
    private static final Pattern NEXT_WORD = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private Words() {}

    /** One line of bounded length. */
    public static String of(Throwable thrown) {
        String said = said(thrown);
        String what = what(thrown);
        return said.isEmpty() || thrown instanceof OverdueException ? what : what + ": " + said;
    }

    private static String said(Throwable thrown) {
        String message = thrown.getMessage();
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        String plain = TYPE.matcher(line).replaceAll("").strip();
        return plain.length() > MOST_CHARACTERS ? plain.substring(0, MOST_CHARACTERS) + "..." : plain;
    }

    private static String what(Throwable thrown) {
        return switch (thrown) {
            case OverdueException e -> said(e);
            case OutOfMemoryError e -> "memory ran out";
            case StackOverflowError e -> "its calls are nested too deeply";
            case LinkageError e -> "it does not fit the bundles that it is deployed with";
            case AssertionError e -> "it found what it holds for impossible";
            case NullPointerException e -> "it used an object that is not there";
            case ClassCastException e -> "it took an object for one of another kind";
            case IndexOutOfBoundsException e -> "it looked behind the end of something";
            case IllegalArgumentException e -> "it gave a value that cannot be used";
            case IllegalStateException e -> "it did what cannot be done at that moment";
            case UnsupportedOperationException e -> "it wanted what is not offered";
            default -> name(thrown.getClass());
        };
    }

    /** As {@code no such element}, of a class that is called so. */
    private static String name(Class<?> type) {
        String bare = ENDING.matcher(type.getSimpleName()).replaceFirst("");
        return bare.isEmpty()
                ? "it failed"
                : NEXT_WORD.matcher(bare).replaceAll(" ").toLowerCase(Locale.ROOT);
    }
}
