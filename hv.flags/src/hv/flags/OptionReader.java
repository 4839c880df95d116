package hv.flags;

import java.util.Collection;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads the words behind a verb: options with a value ({@code --smp 2} or {@code --smp=2}), switches ({@code --short})
 * and other words. What a verb knows, and how it refuses what it does not know, is its own. Immutable; any thread.
 *
 * @param <X> how the verb refuses a command line: its message is one line that says what to write instead
 */
public final class OptionReader<X extends Exception> {
    /** The name of a word that is neither an option nor a switch. */
    public static final String WORD = "";

    /** How a verb refuses what was typed. */
    public interface Refusals<X extends Exception> {
        /** For something that begins like an option and is none of the verb's, as it was typed. */
        X unknown(String typed);

        /** For an option that is the last word and needs a value. */
        X valueless(String option);
    }

    /** Takes what was typed, one after another in its order. */
    @FunctionalInterface
    public interface Taker<X extends Exception> {
        /**
         * Takes one.
         *
         * @param name of the option or switch, or {@link #WORD}
         * @param text the option's value, "" for a switch, or the word itself
         * @throws X if it cannot be used
         */
        void take(String name, String text) throws X;
    }

    private final Set<String> options;
    private final Set<String> switches;
    private final Refusals<X> refusals;

    /** For a verb with these options, which have a value, and these switches, which have none; both begin with "--". */
    public OptionReader(Collection<String> options, Collection<String> switches, Refusals<X> refusals) {
        this.options = Set.copyOf(options);
        this.switches = Set.copyOf(switches);
        this.refusals = refusals;
    }

    /**
     * Reads {@code typed}.
     *
     * @throws X at the first thing that cannot be used
     */
    public void read(Taker<X> taker, String... typed) throws X {
        for (int i = 0; i < typed.length; i++) {
            String word = typed[i];
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (!word.startsWith("--")) {
                taker.take(WORD, word);
            } else if (switches.contains(word)) {
                taker.take(word, "");
            } else if (!options.contains(name)) {
                throw refusals.unknown(word);
            } else if (equals >= 0) {
                taker.take(name, word.substring(equals + 1));
            } else if (++i < typed.length) {
                taker.take(name, typed[i]);
            } else {
                throw refusals.valueless(name);
            }
        }
    }

    /** The whole number that {@code text} is, or nothing if it is none from {@code least} to {@code most}. */
    public static OptionalInt number(String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            return number < least || number > most ? OptionalInt.empty() : OptionalInt.of(number);
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
