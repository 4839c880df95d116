package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The words of a command line as a shell, a process list or a log shows it: words in quotes, lines that end with a
 * backslash. Immutable.
 *
 * @param words without quotes
 */
record ShellWords(List<String> words) {
    private static final int MOST_WORDS = 10_000;

    ShellWords {
        words = List.copyOf(words);
    }

    /**
     * Splits as a shell does, without expanding anything. A quote that is not closed ends with the text.
     *
     * @throws UnusableTextException if there are too many words
     */
    static ShellWords of(String text) throws UnusableTextException {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean isOpen = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                char next = text.charAt(++i);
                if (next == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                } else if (next != '\n') {
                    word.append(next);
                    isOpen = true;
                }
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                isOpen = true;
            } else if (Character.isWhitespace(c)) {
                if (isOpen) {
                    if (words.size() == MOST_WORDS) {
                        throw new UnusableTextException("there are more than " + MOST_WORDS + " words");
                    }
                    words.add(word.toString());
                    word.setLength(0);
                    isOpen = false;
                }
            } else {
                word.append(c);
                isOpen = true;
            }
        }
        if (isOpen) {
            words.add(word.toString());
        }
        return new ShellWords(words);
    }

    /** The value of the last option of this name, which is the one that QEMU takes. */
    Optional<String> option(String name) {
        for (int i = words.size() - 2; i >= 0; i--) {
            String word = words.get(i);
            if (word.equals("-" + name) || word.equals("--" + name)) {
                return Optional.of(words.get(i + 1));
            }
        }
        return Optional.empty();
    }

    /** Whether an option that has no value is there. */
    boolean has(String name) {
        return words.contains("-" + name) || words.contains("--" + name);
    }

    /** A word in quotes if a shell would split or expand it. */
    static String quoted(String word) {
        boolean isPlain = !word.isEmpty()
                && word.chars().allMatch(c -> Character.isLetterOrDigit(c) || ",=_-+./:".indexOf(c) >= 0);
        return isPlain ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
