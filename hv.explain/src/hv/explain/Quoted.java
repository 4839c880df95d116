package hv.explain;

import hv.flags.Shown;

/** What somebody typed, or a file holds, as it may appear in a message. */
final class Quoted {
    private static final int LONGEST = 60;

    private Quoted() {}

    /** In quotation marks, printable ASCII, of bounded length. */
    static String of(String text) {
        return "'" + Shown.of(text, LONGEST).replaceAll("[^ -~]", "?") + "'";
    }
}
