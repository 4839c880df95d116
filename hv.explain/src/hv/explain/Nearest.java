package hv.explain;

import hv.flags.Edits;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant. Immutable. */
final class Nearest {
    private static final int LONGEST = 64;
    private static final int MOST_EDITS = 3;

    private final List<Name> names;

    /**
     * A known name.
     *
     * @param name as it is shown
     * @param plain as it is compared
     * @param letters which characters are in it, a bit for each
     */
    private record Name(String name, String plain, long letters) {}

    Nearest(Collection<String> known) {
        names = known.stream()
                .map(name -> new Name(name, plain(name), letters(plain(name))))
                .toList();
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static long letters(String plain) {
        return plain.chars().mapToLong(character -> 1L << character).reduce(0, (one, other) -> one | other);
    }

    /** The known name with the fewest edits from {@code typed}, if these are few. */
    Optional<String> to(String typed) {
        if (typed.length() > LONGEST) {
            return Optional.empty();
        }
        String wanted = plain(typed);
        long letters = letters(wanted);
        String best = null;
        int fewest = Math.min(MOST_EDITS, wanted.length() / 3) + 1;
        for (Name name : names) {
            // Each character that only one of the two has costs an edit.
            boolean isFar = Long.bitCount(letters & ~name.letters()) >= fewest
                    || Long.bitCount(name.letters() & ~letters) >= fewest;
            int edits = isFar ? fewest : Edits.between(wanted, name.plain(), fewest - 1);
            if (edits < fewest) {
                fewest = edits;
                best = name.name();
            }
        }
        return Optional.ofNullable(best);
    }
}
