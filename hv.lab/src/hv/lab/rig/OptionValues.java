package hv.lab.rig;

import hv.flags.Shown;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * What stands behind the options of verbs that start programs of others: numbers, names, paths. Each is refused with
 * one line that says what the option takes. Any thread.
 */
public final class OptionValues {
    private OptionValues() {}

    /** A whole number from {@code least} to {@code most}. */
    public static long number(String option, String value, long least, long most) throws UnusableException {
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // It is refused as one that is out of range.
        }
        throw new UnusableException(
                "%s takes a number from %d to %d, not '%s'".formatted(option, least, most, Shown.word(value)));
    }

    /** Some of the names in {@code known}, with commas between. */
    public static List<String> names(String option, String value, List<String> known) throws UnusableException {
        List<String> names = List.of(value.split(","));
        for (String name : names) {
            if (!known.contains(name)) {
                throw new UnusableException(
                        "%s takes names of %s, not '%s'".formatted(option, String.join(", ", known), Shown.word(name)));
            }
        }
        return names;
    }

    /** A path, which need not be there. */
    public static Path path(String option, String value) throws UnusableException {
        try {
            return Path.of(value).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new UnusableException("%s takes a path, not '%s'".formatted(option, Shown.file(value)), e);
        }
    }

    /** The folder {@code name} of this user's cache, where a verb keeps what it has fetched. */
    public static Path cache(String name) {
        String told = System.getenv("XDG_CACHE_HOME");
        Path base = told != null && told.startsWith("/")
                ? Path.of(told)
                : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve(name);
    }
}
