package hv.lab;

import hv.flags.OptionReader;
import hv.flags.Shown;
import hv.lab.rig.OptionValues;
import hv.lab.rig.UnusableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code ./hv lab} was asked for.
 *
 * @param smp processors of the guests, 1 or 2
 * @param isShort whether only the scenarios run that show that a stock Linux boots
 * @param only names of the scenarios to run; empty for all
 * @param isKept whether initial RAM disk and transcript of each session stay in the cache
 * @param cache folder for packages and images
 * @param minutes the whole run ends after them
 * @param kernel kernel of the Linux guest in place of the package's
 */
public record LabOptions(
        int smp, boolean isShort, List<String> only, boolean isKept, Path cache, int minutes, Optional<Path> kernel) {
    private static final int USUAL_MINUTES = 60;
    private static final int MOST_MINUTES = 600;

    /** The path is written into a shell script and into an option of QEMU that has commas. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._+-]+");

    private static final String KNOWN =
            "--smp 1|2, --short, --only NAME[,NAME], --keep, --cache DIR, --minutes N, --kernel FILE";

    private static final OptionReader<UnusableException> READER = new OptionReader<>(
            List.of("--smp", "--only", "--cache", "--minutes", "--kernel"),
            List.of("--short", "--keep"),
            new OptionReader.Refusals<>() {
                @Override
                public UnusableException unknown(String typed) {
                    return unknownOption(typed);
                }

                @Override
                public UnusableException valueless(String option) {
                    return new UnusableException("%s needs a value; the lab knows %s".formatted(option, KNOWN));
                }
            });

    /** Copies the list. */
    public LabOptions {
        only = List.copyOf(only);
    }

    /**
     * Reads the words behind {@code lab}; the names of scenarios are checked against {@link Scenarios#NAMES}.
     *
     * @throws UnusableException with one line that says what to write instead
     */
    public static LabOptions parse(String... args) throws UnusableException {
        Collected asked = new Collected();
        READER.read(asked::take, args);
        if (!PLAIN.matcher(asked.cache.toString()).matches()) {
            throw new UnusableException(
                    "the cache's path may have letters, digits and / . _ + - only, not '%s'; write --cache DIR"
                            .formatted(Shown.file(asked.cache)));
        }
        return new LabOptions(
                asked.smp, asked.isShort, asked.only, asked.isKept, asked.cache, asked.minutes, asked.kernel);
    }

    /** What was typed so far. */
    private static final class Collected {
        private int smp = 2;
        private boolean isShort;
        private boolean isKept;
        private List<String> only = List.of();
        private Path cache = OptionValues.cache("hv-lab");
        private int minutes = USUAL_MINUTES;
        private Optional<Path> kernel = Optional.empty();

        void take(String name, String text) throws UnusableException {
            switch (name) {
                case "--short" -> isShort = true;
                case "--keep" -> isKept = true;
                case "--smp" -> smp = (int) OptionValues.number(name, text, 1, 2);
                case "--minutes" -> minutes = (int) OptionValues.number(name, text, 1, MOST_MINUTES);
                case "--only" -> only = OptionValues.names(name, text, Scenarios.NAMES);
                case "--cache" -> cache = OptionValues.path(name, text);
                case "--kernel" -> kernel = Optional.of(file(name, text));
                default -> throw unknownOption(text);
            }
        }
    }

    private static UnusableException unknownOption(String typed) {
        return new UnusableException("'%s' is not an option; write %s".formatted(Shown.word(typed), KNOWN));
    }

    private static Path file(String name, String value) throws UnusableException {
        Path path = OptionValues.path(name, value);
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw new UnusableException(
                    "%s %s: there is no such file that may be read".formatted(name, Shown.file(value)));
        }
        return path;
    }
}
