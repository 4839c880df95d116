package hv.oracle;

import hv.flags.OptionReader;
import hv.flags.Shown;
import hv.lab.rig.OptionValues;
import hv.lab.rig.UnusableException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * What {@code ./hv oracle} was asked for.
 *
 * @param isShort whether it takes at most two minutes, and leaves out what runs in the lab
 * @param only names of parts; empty for all
 * @param seed of the random configurations
 * @param cases random configurations of each part
 * @param cache folder for packages
 */
public record OracleOptions(boolean isShort, List<String> only, long seed, int cases, Path cache) {
    static final List<String> PARTS = List.of("qemu", "kvm", "libvirt", "lab");

    private static final int USUAL_CASES = 500;
    private static final int SHORT_CASES = 100;
    private static final int MOST_CASES = 1_000_000;
    private static final String KNOWN = "--short, --only PART[,PART], --seed N, --cases N, --cache DIR";

    private static final OptionReader<UnusableException> READER = new OptionReader<>(
            List.of("--only", "--seed", "--cases", "--cache"), List.of("--short"), new OptionReader.Refusals<>() {
                @Override
                public UnusableException unknown(String typed) {
                    return unknownOption(typed);
                }

                @Override
                public UnusableException valueless(String option) {
                    return new UnusableException("%s needs a value; the oracle knows %s".formatted(option, KNOWN));
                }
            });

    /** Copies the list. */
    public OracleOptions {
        only = List.copyOf(only);
    }

    /**
     * Reads the words behind {@code oracle}.
     *
     * @throws UnusableException with one line that says what to write instead
     */
    public static OracleOptions parse(String... args) throws UnusableException {
        Collected asked = new Collected();
        READER.read(asked::take, args);
        int usual = asked.isShort ? SHORT_CASES : USUAL_CASES;
        return new OracleOptions(asked.isShort, asked.only, asked.seed, asked.cases.orElse(usual), asked.cache);
    }

    /** What was typed so far. */
    private static final class Collected {
        private boolean isShort;
        private List<String> only = List.of();
        private long seed = 1;
        private OptionalInt cases = OptionalInt.empty();
        private Path cache = OptionValues.cache("hv-oracle");

        void take(String name, String text) throws UnusableException {
            switch (name) {
                case "--short" -> isShort = true;
                case "--only" -> only = OptionValues.names(name, text, PARTS);
                case "--seed" -> seed = OptionValues.number(name, text, 0, Long.MAX_VALUE);
                case "--cases" -> cases = OptionalInt.of((int) OptionValues.number(name, text, 0, MOST_CASES));
                case "--cache" -> cache = OptionValues.path(name, text);
                default -> throw unknownOption(text);
            }
        }
    }

    private static UnusableException unknownOption(String typed) {
        return new UnusableException("'%s' is not an option; write %s".formatted(Shown.word(typed), KNOWN));
    }

    /** Whether a part was asked for. */
    boolean has(String part) {
        return only.isEmpty() ? !isShort || !part.equals("lab") : only.contains(part);
    }
}
