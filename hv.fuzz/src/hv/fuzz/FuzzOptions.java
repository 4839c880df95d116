package hv.fuzz;

import hv.flags.Shown;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code ./hv fuzz} was asked for.
 *
 * @param target one target; empty for all that are found by coverage
 * @param minutes how long it takes in all
 * @param seed of what is left to chance, 1 or more; 0 for another one each time
 * @param isList whether the targets are only named
 * @param replay an input, or a folder of inputs, that the target takes again
 */
record FuzzOptions(Optional<String> target, int minutes, int seed, boolean isList, Optional<Path> replay) {
    private static final int USUAL_MINUTES = 2;
    private static final int MOST = 10_000;
    private static final String KNOWN = "TARGET, --minutes N, --seed N, --list, --replay FILE";

    /**
     * Reads the words behind {@code fuzz}.
     *
     * @throws UnusableException with one line that says what to write instead
     */
    static FuzzOptions parse(List<String> names, String... args) throws UnusableException {
        Optional<String> target = Optional.empty();
        int minutes = USUAL_MINUTES;
        int seed = 0;
        boolean isList = false;
        Optional<Path> replay = Optional.empty();
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].startsWith("--") ? args[i].indexOf('=') : -1;
            String name = equals < 0 ? args[i] : args[i].substring(0, equals);
            boolean takesValue = name.equals("--minutes") || name.equals("--seed") || name.equals("--replay");
            if (takesValue && equals < 0 && i + 1 == args.length) {
                throw new UnusableException(name + " needs a value; fuzz knows " + KNOWN);
            }
            String value = !takesValue ? "" : equals < 0 ? args[++i] : args[i].substring(equals + 1);
            switch (name) {
                case "--list" -> isList = true;
                case "--minutes" -> minutes = number(name, value);
                case "--seed" -> seed = number(name, value);
                case "--replay" -> replay = Optional.of(existing(value));
                default -> {
                    if (target.isPresent() || !names.contains(name) || equals >= 0) {
                        throw new UnusableException("'%s' is no target; write one of: %s; fuzz knows %s"
                                .formatted(Shown.word(args[i]), String.join(" ", names), KNOWN));
                    }
                    target = Optional.of(name);
                }
            }
        }
        if (replay.isPresent() && target.isEmpty()) {
            throw new UnusableException("--replay needs the target that the input is for, as in: guest --replay FILE");
        }
        if (replay.isPresent() && target.get().equals(StormRun.NAME)) {
            throw new UnusableException("a storm is never the same again, so it has no --replay; run it again");
        }
        return new FuzzOptions(target, minutes, seed, isList, replay);
    }

    private static int number(String name, String value) throws UnusableException {
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UnusableException(
                "%s takes a number from 1 to %d, not '%s'".formatted(name, MOST, Shown.word(value)));
    }

    private static Path existing(String value) throws UnusableException {
        try {
            Path path = Path.of(value);
            if (Files.isReadable(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw new UnusableException(
                "--replay %s: there is no such file or folder that may be read".formatted(Shown.file(value)));
    }
}
