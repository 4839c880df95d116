package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The words of a command line as a shell, a process list or a log shows it. Immutable.
 *
 * @param words in order
 */
record ShellWords(List<ShellWord> words) {
    /** A command line in one pair of quotes: {@code ARGS="-m 4G -cpu host"}. */
    private static final Pattern LINE_IN_QUOTES = Pattern.compile("(?s)(.*[\\s=,])?--?cpu\\s.*");

    ShellWords {
        words = List.copyOf(words);
    }

    /** Words that are known one by one. */
    static ShellWords ofList(List<String> words) {
        return new ShellWords(words.stream()
                .map(word -> new ShellWord(word, 1, Optional.empty()))
                .toList());
    }

    /**
     * Splits as {@link ShellReader} does; what is a whole command line in one pair of quotes is split as well.
     *
     * @throws UnusableTextException if there are too many words
     */
    static ShellWords of(String text) throws UnusableTextException {
        List<ShellWord> all = new ArrayList<>();
        for (ShellWord word : new ShellReader(text).read()) {
            boolean isValue = !all.isEmpty() && isOption(all.get(all.size() - 1), "cpu");
            if (!isValue && LINE_IN_QUOTES.matcher(word.text()).matches()) {
                for (ShellWord inner : new ShellReader(word.text()).read()) {
                    all.add(new ShellWord(inner.text(), word.line() + inner.line() - 1, inner.unknown()));
                }
            } else {
                all.add(word);
            }
        }
        return new ShellWords(all);
    }

    /** The words from one on, up to another. */
    ShellWords part(int from, int to) {
        return new ShellWords(words.subList(from, to));
    }

    /** The value of the last option of this name, which is the one that QEMU takes. */
    Optional<String> option(String name) {
        return optionWord(name).map(ShellWord::text);
    }

    /** The value of an option, as a word. */
    Optional<ShellWord> optionWord(String name) {
        for (int i = words.size() - 2; i >= 0; i--) {
            if (isOption(words.get(i), name)) {
                return Optional.of(words.get(i + 1));
            }
        }
        return Optional.empty();
    }

    /** The values of all options of this name, in order. */
    List<String> options(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i + 1 < words.size(); i++) {
            if (isOption(words.get(i), name)) {
                values.add(words.get(i + 1).text());
            }
        }
        return values;
    }

    /** Whether an option is there, with a value or without one. */
    boolean has(String name) {
        return words.stream().anyMatch(word -> isOption(word, name));
    }

    private static boolean isOption(ShellWord word, String name) {
        String text =
                word.text().endsWith(",") ? word.text().substring(0, word.text().length() - 1) : word.text();
        return text.equals("-" + name) || text.equals("--" + name);
    }

    /** A word in quotes if a shell would split or expand it. */
    static String quoted(String word) {
        boolean isPlain = !word.isEmpty()
                && word.chars().allMatch(c -> Character.isLetterOrDigit(c) || ",=_-+./:".indexOf(c) >= 0);
        return isPlain ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
