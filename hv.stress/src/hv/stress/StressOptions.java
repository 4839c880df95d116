package hv.stress;

import hv.flags.OptionReader;
import hv.flags.Shown;
import java.util.List;
import java.util.Locale;

/**
 * What {@code ./hv stress} was asked for.
 *
 * @param test part of the name of the tests to run, whatever its case; "" for all
 * @param seconds how long it takes in all, about
 * @param isShort whether each test runs in one mode of the compiler only
 * @param isList whether the tests are only named
 */
record StressOptions(String test, int seconds, boolean isShort, boolean isList) {
    private static final String KNOWN = "TEST, --minutes N, --short, --list";
    private static final int USUAL_MINUTES = 5;
    private static final int MOST_MINUTES = 10_000;
    private static final int SHORT_SECONDS = 60;

    private static final OptionReader<UnusableException> READER =
            new OptionReader<>(List.of("--minutes"), List.of("--short", "--list"), new OptionReader.Refusals<>() {
                @Override
                public UnusableException unknown(String typed) {
                    return new UnusableException("'%s' is not an option; write %s".formatted(Shown.word(typed), KNOWN));
                }

                @Override
                public UnusableException valueless(String option) {
                    return new UnusableException("%s needs a value; write %s".formatted(option, KNOWN));
                }
            });

    /**
     * Reads the words behind {@code stress}.
     *
     * @param tests the names of all tests
     * @throws UnusableException with one line that says what to write instead
     */
    static StressOptions parse(List<String> tests, String... args) throws UnusableException {
        Collected collected = new Collected();
        READER.read((name, text) -> collected.take(tests, name, text), args);
        if (collected.isShort && collected.seconds > 0) {
            throw new UnusableException("--short and --minutes both say how long it takes; leave one of the two out");
        }
        int seconds = collected.seconds > 0 ? collected.seconds : 60 * USUAL_MINUTES;
        return new StressOptions(
                collected.test, collected.isShort ? SHORT_SECONDS : seconds, collected.isShort, collected.isList);
    }

    private static final class Collected {
        private String test = "";
        private int seconds;
        private boolean isShort;
        private boolean isList;

        void take(List<String> tests, String name, String text) throws UnusableException {
            switch (name) {
                case "--short" -> isShort = true;
                case "--list" -> isList = true;
                case "--minutes" ->
                    seconds = 60
                            * OptionReader.number(text, 1, MOST_MINUTES)
                                    .orElseThrow(() ->
                                            new UnusableException("--minutes takes a number from 1 to %d, not '%s'"
                                                    .formatted(MOST_MINUTES, Shown.word(text))));
                default -> test = known(tests, text);
            }
        }

        private String known(List<String> tests, String text) throws UnusableException {
            if (!test.isEmpty() || text.isEmpty() || tests.stream().noneMatch(each -> matches(each, text))) {
                throw new UnusableException("'%s' is no test; write a part of one of: %s"
                        .formatted(Shown.word(text), String.join(" ", tests)));
            }
            return text;
        }
    }

    /** Whether this test is asked for. */
    boolean wants(String name) {
        return matches(name, test);
    }

    private static boolean matches(String name, String part) {
        return name.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }
}
