package hv.explain;

import hv.flags.Edits;
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
            int edits = Edits.between(wanted, name.toLowerCase(Locale.ROOT).replace('_', '-'), fewest - 1);
            if (edits < fewest) {
                fewest = edits;
                best = name;
            }
        }
        return Optional.ofNullable(best);
    }
}
