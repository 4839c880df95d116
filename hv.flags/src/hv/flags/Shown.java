package hv.flags;

/** Text that a stranger made, as it may appear in a message on a terminal. Any thread. */
public final class Shown {
    /** As long as a message usually quotes a word. */
    public static final int WORD = 40;

    private Shown() {}

    /**
     * One line that cannot move a cursor: control characters are question marks.
     *
     * @param longest most characters; what is longer is cut and ends with three dots
     */
    public static String of(String text, int longest) {
        String start = text.length() <= longest ? text : text.substring(0, longest) + "...";
        return start.chars().anyMatch(Character::isISOControl) ? start.replaceAll("\\p{Cc}", "?") : start;
    }
}
