package hv.faults;

import hv.flags.Shown;
import java.util.ArrayList;
import java.util.List;

/**
 * What was asked for on the command line.
 *
 * @param only names of suites, or empty for all
 * @param isShort a few trials of each suite
 * @param seed which random moments, signals and errors
 */
public record FaultsOptions(List<String> only, boolean isShort, long seed) {
    private static final String KNOWN = "--only NAME[,NAME], --short, --seed N";
    private static final long USUAL_SEED = 1;

    /** Copies the list. */
    public FaultsOptions {
        only = List.copyOf(only);
    }

    /**
     * Reads the words behind {@code faults}.
     *
     * @param known the names of all suites
     * @throws UnusableException with one line that says what to write instead
     */
    public static FaultsOptions parse(List<String> known, String... args) throws UnusableException {
        List<String> only = List.of();
        boolean isShort = false;
        long seed = USUAL_SEED;
        List<String> words = split(args);
        for (int i = 0; i < words.size(); i++) {
            String name = words.get(i);
            switch (name) {
                case "--short" -> isShort = true;
                case "--only" -> only = names(value(words, ++i), known);
                case "--seed" -> seed = number(value(words, ++i));
                default ->
                    throw new UnusableException("'%s' is not an option; write %s".formatted(Shown.word(name), KNOWN));
            }
        }
        return new FaultsOptions(only, isShort, seed);
    }

    /** {@code --name=value} is two words. */
    private static List<String> split(String... args) {
        List<String> words = new ArrayList<>();
        for (String arg : args) {
            int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            words.add(equals < 0 ? arg : arg.substring(0, equals));
            if (equals >= 0) {
                words.add(arg.substring(equals + 1));
            }
        }
        return words;
    }

    private static String value(List<String> words, int index) throws UnusableException {
        if (index >= words.size()) {
            throw new UnusableException("%s needs a value; write %s".formatted(Shown.word(words.getLast()), KNOWN));
        }
        return words.get(index);
    }

    private static List<String> names(String value, List<String> known) throws UnusableException {
        List<String> names = List.of(value.split(",", -1));
        for (String name : names) {
            if (!known.contains(name)) {
                throw new UnusableException(
                        "--only takes names of %s, not '%s'".formatted(String.join(", ", known), Shown.word(name)));
            }
        }
        return names;
    }

    private static long number(String value) throws UnusableException {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new UnusableException("--seed takes a whole number, not '%s'".formatted(Shown.word(value)));
        }
    }
}
