package hv.fuzz.file;

import hv.fuzz.target.Finding;

/** What people are told about an input is one line that a terminal can show. */
final class OneLine {
    private static final int LONGEST = 2_000;

    private OneLine() {}

    /**
     * Checks a message.
     *
     * @param kind what it is, for the finding
     * @throws Finding if it is none
     */
    static void check(String kind, String message) {
        if (message == null || message.isBlank()) {
            throw new Finding(kind + " without a message");
        }
        if (message.length() > LONGEST) {
            throw new Finding(
                    "%s of %d characters: %s...".formatted(kind, message.length(), message.substring(0, 200)));
        }
        if (message.chars().anyMatch(Character::isISOControl)) {
            throw new Finding("%s with a control character: %s".formatted(kind, message));
        }
    }
}
