package hv.partition.failure;

import java.util.List;
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

    private static final List<Kind> WORDS = List.of(
            new Kind(OutOfMemoryError.class, "memory ran out"),
            new Kind(StackOverflowError.class, "its calls are nested too deeply"),
            new Kind(LinkageError.class, "it does not fit the bundles that it is deployed with"),
            new Kind(AssertionError.class, "it found what it holds for impossible"),
            new Kind(NullPointerException.class, "it used an object that is not there"),
            new Kind(ClassCastException.class, "it took an object for one of another kind"),
            new Kind(IndexOutOfBoundsException.class, "it looked behind the end of something"),
            new Kind(IllegalArgumentException.class, "it gave a value that cannot be used"),
            new Kind(IllegalStateException.class, "it did what cannot be done at that moment"),
            new Kind(UnsupportedOperationException.class, "it wanted what is not offered"));

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
        if (thrown instanceof OverdueException) {
            return said(thrown);
        }
        return WORDS.stream()
                .filter(kind -> kind.type().isInstance(thrown))
                .map(Kind::words)
                .findFirst()
                .orElseGet(() -> name(thrown.getClass()));
    }

    /** As {@code no such element}, of a class that is called so. */
    private static String name(Class<?> type) {
        String bare = ENDING.matcher(type.getSimpleName()).replaceFirst("");
        return bare.isEmpty()
                ? "it failed"
                : NEXT_WORD.matcher(bare).replaceAll(" ").toLowerCase(Locale.ROOT);
    }

    /** What somebody did who threw one of that type. */
    private record Kind(Class<? extends Throwable> type, String words) {}
}
