package hv.faults.run;

import java.util.Collection;
import java.util.stream.Collectors;

/** Text for a POSIX shell. */
public final class Shell {
    private Shell() {}

    /** A word that the shell takes as it is. */
    public static String quoted(Object word) {
        return "'" + word.toString().replace("'", "'\\''") + "'";
    }

    /** Such words with blanks between. */
    public static String quoted(Collection<?> words) {
        return words.stream().map(Shell::quoted).collect(Collectors.joining(" "));
    }
}
