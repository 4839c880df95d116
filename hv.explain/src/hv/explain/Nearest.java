package hv.explain;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant. */
final class Nearest {
    private static final int LONGEST = 64;
    private static final int MOST_EDITS = 3;

    private Nearest() {}

    /** The known name with the fewest edits from {@code typed}, if these are few. */
    static Optional<String> to(String typed, Collection<String> known) {
        if (typed.length() > LONGEST) {
            return Optional.empty();
        }
        String wanted = typed.toLowerCase(Locale.ROOT).replace('_', '-');
        String best = null;
        int fewest = Math.min(MOST_EDITS, wanted.length() / 3) + 1;
        for (String name : known) {
            if (Math.abs(name.length() - wanted.length()) >= fewest) {
                continue;
            }
            int edits = edits(wanted, name.toLowerCase(Locale.ROOT).replace('_', '-'));
            if (edits < fewest) {
                fewest = edits;
                best = name;
            }
        }
        return Optional.ofNullable(best);
    }

    private static int edits(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int j = 0; j < above.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[above.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[other.length()];
    }
}
