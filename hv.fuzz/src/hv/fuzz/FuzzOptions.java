package hv.fuzz;

import hv.flags.OptionReader;
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
 * @param millions how many million operations are run from the seed alone, without Jazzer; 0 for coverage
 * @param replay an input, or a folder of inputs, that the target takes again
 */
record FuzzOptions(
        Optional<String> target, int minutes, int seed, boolean isList, int millions, Optional<Path> replay) {
    private static final int USUAL_MINUTES = 2;
    private static final int MOST = 10_000;
    private static final String KNOWN = "TARGET, --minutes N, --seed N, --millions N, --list, --replay FILE";

    /**
     * Reads the words behind {@code fuzz}.
     *
     * @throws UnusableException with one line that says what to write instead
     */
    static FuzzOptions parse(List<String> names, String... args) throws UnusableException {
        Collected asked = new Collected(names);
        new OptionReader<>(List.of("--minutes", "--seed", "--millions", "--replay"), List.of("--list"), asked)
                .read(asked::take, args);
        if (asked.replay.isPresent() && asked.target.isEmpty()) {
            throw new UnusableException("--replay needs the target that the input is for, as in: guest --replay FILE");
        }
        if (asked.replay.isPresent() && asked.target.get().equals(StormRun.NAME)) {
            throw new UnusableException("a storm is never the same again, so it has no --replay; run it again");
        }
        if (asked.millions > 0 && (asked.target.isEmpty() || asked.target.get().equals(StormRun.NAME))) {
            throw new UnusableException("--millions needs a target that takes inputs, as in: vmbus --millions 100");
        }
        return new FuzzOptions(asked.target, asked.minutes, asked.seed, asked.isList, asked.millions, asked.replay);
    }

    /** What was typed so far. */
    private static final class Collected implements OptionReader.Refusals<UnusableException> {
        private final List<String> names;
        private Optional<String> target = Optional.empty();
        private int minutes = USUAL_MINUTES;
        private int seed;
        private int millions;
        private boolean isList;
        private Optional<Path> replay = Optional.empty();

        Collected(List<String> names) {
            this.names = names;
        }

        void take(String name, String text) throws UnusableException {
            switch (name) {
                case "--list" -> isList = true;
                case "--minutes" -> minutes = number(name, text);
                case "--seed" -> seed = number(name, text);
                case "--millions" -> millions = number(name, text);
                case "--replay" -> replay = Optional.of(existing(text));
                default -> {
                    if (target.isPresent() || !names.contains(text)) {
                        throw unknown(text);
                    }
                    target = Optional.of(text);
                }
            }
        }

        @Override
        public UnusableException unknown(String typed) {
            return new UnusableException("'%s' is no target; write one of: %s; fuzz knows %s"
                    .formatted(Shown.word(typed), String.join(" ", names), KNOWN));
        }

        @Override
        public UnusableException valueless(String option) {
            return new UnusableException(option + " needs a value; fuzz knows " + KNOWN);
        }
    }

    private static int number(String name, String value) throws UnusableException {
        return OptionReader.number(value, 1, MOST)
                .orElseThrow(() -> new UnusableException(
                        "%s takes a number from 1 to %d, not '%s'".formatted(name, MOST, Shown.word(value))));
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
