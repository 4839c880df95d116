package hv.flags;

import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Text that a stranger made, as it may appear in a message on a terminal: words of a command line, names of files, what
 * a file holds. Every message that quotes some goes through here. Any thread.
 */
public final class Shown {
    /** As long as a message usually quotes a word. */
    public static final int WORD = 40;

    private static final int FILE = 200;
    private static final int LINE = 2_000;
    private static final int MOST_LINES = 200;

    /** What moves a cursor, turns the direction of writing, ends a line, or is half a character. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

    private Shown() {}

    /**
     * One line that cannot move a cursor: control characters are question marks.
     *
     * @param longest most characters; what is longer is cut and ends with three dots
     */
    public static String of(String text, int longest) {
        return UNSEEN.matcher(start(text, longest)).replaceAll("?");
    }

    private static String start(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        boolean isHalf = longest > 0 && Character.isHighSurrogate(text.charAt(longest - 1));
        return text.substring(0, isHalf ? longest - 1 : longest) + "...";
    }

    /** A word of a command line or of a file. */
    public static String word(Object word) {
        return of(String.valueOf(word), WORD);
    }

    /** The name of a file as somebody gave it. */
    public static String file(Object name) {
        return of(String.valueOf(name), FILE);
    }

    /**
     * A whole message, line by line: the last look before it is printed, for what quotes messages of others. At most
     * 200 lines.
     */
    public static Stream<String> lines(String message) {
        return Objects.toString(message, "").lines().limit(MOST_LINES).map(line -> of(line, LINE));
    }
}
