package hv.faults.suite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command line, short enough for a table. */
final class Words {
    private static final int MOST = 44;

    private Words() {}

    /** Paths by their last names. */
    static String of(String... words) {
        List<String> shown = new ArrayList<>();
        for (String word : words) {
            int slash = word.indexOf('/');
            shown.add(
                    slash < 0
                            ? word
                            : word.substring(0, slash)
                                    + Path.of(word.substring(slash)).getFileName());
        }
        String text = String.join(" ", shown);
        return text.length() <= MOST ? text : text.substring(0, MOST - 3) + "...";
    }
}
