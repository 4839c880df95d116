package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A QEMU command line as a shell, a process list or a log shows it: words in quotes, lines that end with a backslash. */
final class QemuLine {
    private static final int LONGEST_NAME = 60;
    private static final int MOST_WORDS = 10_000;

    private QemuLine() {}

    /**
     * Reads it if it is one.
     *
     * @throws UnusableTextException if it is one that says nothing of the CPU
     */
    static Optional<FlagText> find(String text) throws UnusableTextException {
        List<String> words = words(text);
        Optional<String> cpu = last(words, "cpu");
        if (cpu.isPresent()) {
            String flags = FlagText.bounded(cpu.get());
            return Optional.of(new FlagText(Syntax.QEMU_LINE, flags, Surroundings.ofLine(words, flags)));
        }
        String program = words.isEmpty() ? "" : words.getFirst();
        String name = program.substring(program.lastIndexOf('/') + 1);
        if (words.size() > 1 && (name.startsWith("qemu-") || name.equals("kvm"))) {
            String shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "..." : name;
            throw new UnusableTextException(
                    "the command line of %s has no -cpu, so it has no hv-* flags".formatted(shown));
        }
        return Optional.empty();
    }

    /** The value of the last option of this name, which is the one that QEMU takes. */
    static Optional<String> last(List<String> words, String option) {
        for (int i = words.size() - 2; i >= 0; i--) {
            String word = words.get(i);
            if (word.equals("-" + option) || word.equals("--" + option)) {
                return Optional.of(words.get(i + 1));
            }
        }
        return Optional.empty();
    }

    /**
     * Splits as a shell does, without expanding anything. A quote that is not closed ends with the text.
     *
     * @throws UnusableTextException if there are too many words
     */
    static List<String> words(String text) throws UnusableTextException {
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
        return words;
    }
}
