package hv.flags;

import java.util.Optional;

/**
 * A word of a command line.
 *
 * @param text the word without quotes
 * @param line the line in which it begins, from 1
 * @param unknown the first thing in it that only a shell or a template knows, as it was written: {@code $FLAGS}
 */
record ShellWord(String text, int line, Optional<String> unknown) {
    /** The last part of a path, of Unix or Windows. */
    String fileName() {
        return text.substring(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1);
    }
}
