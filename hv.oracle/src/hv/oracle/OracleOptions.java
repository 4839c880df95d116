package hv.oracle;

import hv.flags.Shown;
import hv.lab.rig.UnusableException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        boolean isShort = false;
        List<String> only = List.of();
        long seed = 1;
        Optional<Integer> cases = Optional.empty();
        Path cache = defaultCache();
        List<String> words = split(args);
        for (int i = 0; i < words.size(); i++) {
            String name = words.get(i);
            switch (name) {
                case "--short" -> isShort = true;
                case "--only" -> only = parts(value(words, ++i));
                case "--seed" -> seed = number(name, value(words, ++i), 0, Long.MAX_VALUE);
                case "--cases" -> cases = Optional.of((int) number(name, value(words, ++i), 0, MOST_CASES));
                case "--cache" -> cache = path(name, value(words, ++i));
                default ->
                    throw new UnusableException("'%s' is not an option; write %s".formatted(Shown.word(name), KNOWN));
            }
        }
        return new OracleOptions(isShort, only, seed, cases.orElse(isShort ? SHORT_CASES : USUAL_CASES), cache);
    }

    /** Whether a part was asked for. */
    boolean has(String part) {
        return only.isEmpty() ? !isShort || !part.equals("lab") : only.contains(part);
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
                    "%s needs a value; the oracle knows %s".formatted(Shown.word(words.getLast()), KNOWN));
        }
        return words.get(index);
    }

    private static long number(String name, String value, long least, long most) throws UnusableException {
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UnusableException(
                "%s takes a number from %d to %d, not '%s'".formatted(name, least, most, Shown.word(value)));
    }

    private static List<String> parts(String value) throws UnusableException {
        List<String> parts = List.of(value.split(","));
        for (String part : parts) {
            if (!PARTS.contains(part)) {
                throw new UnusableException(
                        "--only takes names of %s, not '%s'".formatted(String.join(", ", PARTS), Shown.word(part)));
            }
        }
        return parts;
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
        return base.resolve("hv-oracle");
    }
}
