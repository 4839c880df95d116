package hv.launcher.jail;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of the list of system calls: a call that may be made, with all arguments or with some.
 *
 * @param number on x86-64
 * @param argument which argument is looked at, or -1
 * @param allowed what its lower 32 bits may be; empty if the argument is not looked at
 * @param errno what a call with another argument is answered with
 */
record CallRule(int number, int argument, List<Match> allowed, int errno) {
    static final int EPERM = 1;
    static final int EAFNOSUPPORT = 97;

    private static final int ANY = -1;
    private static final int MOST_ARGUMENTS = 6;
    private static final int HIGHEST_NUMBER = 0xFFF;

    /** {@code from <= (value & mask) <= to}, unsigned. */
    record Match(int mask, int from, int to) {
        private static final int EVERY_BIT = -1;

        static Match of(String text) {
            int colon = text.indexOf(':');
            int mask = colon < 0 ? EVERY_BIT : word(text.substring(0, colon));
            String[] ends = text.substring(colon + 1).split("-", 2);
            return new Match(mask, word(ends[0]), word(ends[ends.length - 1]));
        }

        private static int word(String text) {
            return (int) Long.decode(text).longValue();
        }
    }

    /** Copies the list. */
    CallRule {
        allowed = List.copyOf(allowed);
    }

    /**
     * Reads a line.
     *
     * @param families of sockets that are let through, as values
     * @throws IllegalArgumentException if it is none
     */
    static CallRule parse(String line, List<String> families) {
        String[] words = line.strip().split(" +");
        try {
            int number = Integer.parseInt(words[1]);
            if (number < 0 || number > HIGHEST_NUMBER) {
                throw new IllegalArgumentException("no number of a call: " + line);
            }
            if (words.length == 2) {
                return new CallRule(number, ANY, List.of(), EPERM);
            }
            int argument = Integer.parseInt(words[2].substring("arg".length()));
            if (argument < 0 || argument >= MOST_ARGUMENTS) {
                throw new IllegalArgumentException("no such argument: " + line);
            }
            List<String> values = List.of(words).subList(4, words.length);
            return switch (words[3]) {
                case "in" -> new CallRule(number, argument, matches(values), EPERM);
                case "without" -> new CallRule(number, argument, matches(List.of(values.getFirst() + ":0")), EPERM);
                case "family" -> new CallRule(number, argument, matches(families), EAFNOSUPPORT);
                default -> throw new IllegalArgumentException("not in, without or family: " + line);
            };
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("not a call, its number and its argument: " + line, e);
        }
    }

    private static List<Match> matches(List<String> values) {
        List<Match> matches = new ArrayList<>();
        for (String value : values) {
            matches.add(Match.of(value));
        }
        return matches;
    }

    /** Whether every argument goes. */
    boolean isUnconditional() {
        return argument == ANY;
    }
}
