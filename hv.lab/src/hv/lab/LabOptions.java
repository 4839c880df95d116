package hv.lab;

import hv.flags.Shown;
import hv.lab.rig.UnusableException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final int USUAL_MINUTES = 30;
    private static final int MOST_MINUTES = 600;

    /** The path is written into a shell script and into an option of QEMU that has commas. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._+-]+");

    private static final String KNOWN =
            "--smp 1|2, --short, --only NAME[,NAME], --keep, --cache DIR, --minutes N, --kernel FILE";

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
        int smp = 2;
        boolean isShort = false;
        boolean isKept = false;
        List<String> only = List.of();
        Path cache = defaultCache();
        int minutes = USUAL_MINUTES;
        Optional<Path> kernel = Optional.empty();
        List<String> words = split(args);
        for (int i = 0; i < words.size(); i++) {
            String name = words.get(i);
            switch (name) {
                case "--short" -> isShort = true;
                case "--keep" -> isKept = true;
                case "--smp" -> smp = number(name, value(words, ++i), 1, 2);
                case "--minutes" -> minutes = number(name, value(words, ++i), 1, MOST_MINUTES);
                case "--only" -> only = names(value(words, ++i));
                case "--cache" -> cache = path(name, value(words, ++i));
                case "--kernel" -> kernel = Optional.of(file(name, value(words, ++i)));
                default ->
                    throw new UnusableException("'%s' is not an option; write %s".formatted(Shown.word(name), KNOWN));
            }
        }
        if (!PLAIN.matcher(cache.toString()).matches()) {
            throw new UnusableException(
                    "the cache's path may have letters, digits and / . _ + - only, not '%s'; write --cache DIR"
                            .formatted(Shown.file(cache)));
        }
        return new LabOptions(smp, isShort, only, isKept, cache, minutes, kernel);
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
            throw new UnusableException(
                    "%s needs a value; the lab knows %s".formatted(Shown.word(words.getLast()), KNOWN));
        }
        return words.get(index);
    }

    private static int number(String name, String value, int least, int most) throws UnusableException {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UnusableException(
                "%s takes a number from %d to %d, not '%s'".formatted(name, least, most, Shown.word(value)));
    }

    private static List<String> names(String value) throws UnusableException {
        List<String> names = List.of(value.split(","));
        for (String name : names) {
            if (!Scenarios.NAMES.contains(name)) {
                throw new UnusableException("--only takes names of %s, not '%s'"
                        .formatted(String.join(", ", Scenarios.NAMES), Shown.word(name)));
            }
        }
        return names;
    }

    private static Path file(String name, String value) throws UnusableException {
        Path path = path(name, value);
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw new UnusableException(
                    "%s %s: there is no such file that may be read".formatted(name, Shown.file(value)));
        }
        return path;
    }

    private static Path path(String name, String value) throws UnusableException {
        try {
            return Path.of(value).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new UnusableException("%s takes a path, not '%s'".formatted(name, Shown.file(value)), e);
        }
    }

    private static Path defaultCache() {
        String told = System.getenv("XDG_CACHE_HOME");
        Path base = told != null && told.startsWith("/")
                ? Path.of(told)
                : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("hv-lab");
    }
}
