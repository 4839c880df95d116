package hv.faults;

import hv.flags.OptionReader;
import hv.flags.Shown;
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

    private static final OptionReader<UnusableException> READER =
            new OptionReader<>(List.of("--only", "--seed"), List.of("--short"), new OptionReader.Refusals<>() {
                @Override
                public UnusableException unknown(String typed) {
                    return unknownOption(typed);
                }

                @Override
                public UnusableException valueless(String option) {
                    return new UnusableException("%s needs a value; write %s".formatted(option, KNOWN));
                }
            });

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
        Collected asked = new Collected(known);
        READER.read(asked::take, args);
        return new FaultsOptions(asked.only, asked.isShort, asked.seed);
    }

    /** What was typed so far. */
    private static final class Collected {
        private final List<String> known;
        private List<String> only = List.of();
        private boolean isShort;
        private long seed = USUAL_SEED;

        Collected(List<String> known) {
            this.known = known;
        }

        void take(String name, String text) throws UnusableException {
            switch (name) {
                case "--short" -> isShort = true;
                case "--only" -> only = names(text, known);
                case "--seed" -> seed = number(text);
                default -> throw unknownOption(text);
            }
        }
    }

    private static UnusableException unknownOption(String typed) {
        return new UnusableException("'%s' is not an option; write %s".formatted(Shown.word(typed), KNOWN));
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
