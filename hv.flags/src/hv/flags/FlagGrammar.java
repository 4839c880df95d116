package hv.flags;

import hv.api.Flags;
import hv.api.Flags.Sign;
import hv.api.Flags.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The grammar of QEMU's {@code -cpu} argument, for everybody: words between commas, {@code name}, {@code name=value},
 * {@code +name}, {@code -name}, with dashes or underscores in names. No word is judged here. Any thread.
 */
public final class FlagGrammar {
    /** Longest argument that is worth reading; a longer one is somebody's mistake. */
    public static final int MAX_CHARACTERS = 64 * 1024;

    private FlagGrammar() {}

    /**
     * Reads an argument. Every text is one; words that are empty are left out.
     *
     * @param argument of any length; text from a stranger is compared with {@link #MAX_CHARACTERS} first
     */
    public static Flags read(String argument) {
        List<Word> words = new ArrayList<>();
        for (String part : argument.split(",")) {
            String word = part.strip();
            if (!word.isEmpty()) {
                words.add(word(word));
            }
        }
        return new Flags(words);
    }

    private static Word word(String text) {
        Sign sign = switch (text.charAt(0)) {
            case '+' -> Sign.PLUS;
            case '-' -> Sign.MINUS;
            default -> Sign.NONE;
        };
        String bare = sign == Sign.NONE ? text : text.substring(1);
        int equals = bare.indexOf('=');
        return equals < 0
                ? new Word(sign, bare, Optional.empty())
                : new Word(sign, bare.substring(0, equals), Optional.of(bare.substring(equals + 1)));
    }

    /**
     * Reads an argument that somebody gave, if it is not too long to be looked at, and can be said in one line of any
     * syntax.
     */
    static Flags bounded(String argument) throws UnusableTextException {
        requireBounded(argument);
        Flags flags = read(argument);
        if (flags.toString().chars().anyMatch(Character::isISOControl)) {
            throw new UnusableTextException("there is a control character in a flag");
        }
        return flags;
    }

    /** Refuses an argument that is too long to be looked at. */
    static void requireBounded(String argument) throws UnusableTextException {
        if (argument.length() > MAX_CHARACTERS) {
            throw new UnusableTextException(
                    "the -cpu argument is %d characters long, more than the %d that are looked at"
                            .formatted(argument.length(), MAX_CHARACTERS));
        }
    }
}
