package hv.console;

import hv.flags.OptionReader;
import hv.flags.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was typed behind a command: words, and options with a value ({@code --cpu FLAGS} or {@code --cpu=FLAGS}). Used
 * by one thread for one command.
 */
final class Arguments implements OptionReader.Refusals<UsageException> {
    private static final String HELP = "--help";

    private final Help help;
    private final List<String> words = new ArrayList<>();
    private final Map<String, String> options = new TreeMap<>();
    private boolean wantsHelp;

    private Arguments(Help help) {
        this.help = help;
    }

    /**
     * Reads them.
     *
     * @throws UsageException if an option is not one of the command's
     */
    static Arguments of(Help help, String... typed) {
        Arguments arguments = new Arguments(help);
        List<String> switches = new ArrayList<>(help.switches());
        switches.add(HELP);
        new OptionReader<>(help.options(), switches, arguments).read(arguments::take, typed);
        return arguments;
    }

    private void take(String name, String text) {
        switch (name) {
            case OptionReader.WORD -> words.add(text);
            case HELP -> wantsHelp = true;
            default -> options.put(name, text);
        }
    }

    @Override
    public UsageException unknown(String typed) {
        return help.refuse("does not know '" + Shown.word(typed) + "'");
    }

    @Override
    public UsageException valueless(String option) {
        return help.refuse("needs a value behind " + option);
    }

    /** Prints the help if it was asked for; the command then does nothing else. */
    boolean printedHelp() {
        if (wantsHelp) {
            System.out.println(help.text());
        }
        return wantsHelp;
    }

    /** The words, which must be as many as {@code names} says. */
    List<String> words(String... names) {
        if (words.size() < names.length) {
            throw help.refuse("needs " + names[words.size()]);
        }
        if (words.size() > names.length) {
            throw help.refuse("does not know what to do with '" + Shown.word(words.get(names.length)) + "'");
        }
        return List.copyOf(words);
    }

    /** One word, and up to {@code more} others. */
    List<String> words(String name, int more) {
        if (words.isEmpty()) {
            throw help.refuse("needs " + name);
        }
        if (words.size() > 1 + more) {
            throw help.refuse("does not know what to do with '" + Shown.word(words.get(1 + more)) + "'");
        }
        return List.copyOf(words);
    }

    /** At most {@code most} words. */
    List<String> upTo(int most) {
        if (words.size() > most) {
            throw help.refuse("does not know what to do with '" + Shown.word(words.get(most)) + "'");
        }
        return List.copyOf(words);
    }

    /** The first word, which is taken away: what a command with several uses shall do. */
    String action(String... known) {
        if (words.isEmpty() || !List.of(known).contains(words.get(0))) {
            throw help.refuse((words.isEmpty() ? "needs" : "does not know '" + Shown.word(words.get(0)) + "' but")
                    + " one of " + String.join(", ", known));
        }
        return words.remove(0);
    }

    /** The value of an option. */
    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /** Whether an option without a value was given. */
    boolean has(String name) {
        return options.containsKey(name);
    }

    /** An unsigned number of 64 bits, decimal or 0x hex. */
    long number(String what, String text) {
        try {
            String plain = text.replace("_", "");
            return plain.startsWith("0x") || plain.startsWith("0X")
                    ? Long.parseUnsignedLong(plain.substring(2), 16)
                    : Long.parseUnsignedLong(plain);
        } catch (NumberFormatException e) {
            throw help.refuse("takes a number as 0x40000020 or 32 for " + what + ", not '" + Shown.word(text) + "'");
        }
    }

    /** A number of 31 bits. */
    int index(String what, String text) {
        long number = number(what, text);
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw help.refuse("finds '" + Shown.word(text) + "' too large for " + what);
        }
        return (int) number;
    }
}
