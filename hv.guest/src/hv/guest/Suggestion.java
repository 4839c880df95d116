package hv.guest;

import java.util.Arrays;

/** What may have been meant by a word that is no operation. */
final class Suggestion {
    private Suggestion() {}

    static String of(String word) {
        return Arrays.stream(Operation.values())
                .map(Operation::mnemonic)
                .filter(candidate -> isClose(word, candidate))
                .findFirst()
                .map(candidate -> "; '%s'?".formatted(candidate))
                .orElseGet(() -> "; README.md lists them (when, run and let are directives)");
    }

    /** Whether two words have the same letters, or one is the other with one letter more or changed. */
    private static boolean isClose(String word, String candidate) {
        char[] a = word.toCharArray();
        char[] b = candidate.toCharArray();
        Arrays.sort(a);
        Arrays.sort(b);
        if (Arrays.equals(a, b)) {
            return true;
        }
        int prefix = 0;
        while (prefix < Math.min(word.length(), candidate.length())
                && word.charAt(prefix) == candidate.charAt(prefix)) {
            prefix++;
        }
        String restOfWord = word.substring(prefix);
        String restOfCandidate = candidate.substring(prefix);
        return dropFirst(restOfWord).equals(restOfCandidate)
                || dropFirst(restOfCandidate).equals(restOfWord)
                || dropFirst(restOfWord).equals(dropFirst(restOfCandidate));
    }

    private static String dropFirst(String text) {
        return text.isEmpty() ? text : text.substring(1);
    }
}
