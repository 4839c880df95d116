package hv.explain;

/** What somebody typed, or a file holds, as it may appear in a message. */
final class Quoted {
    private static final int LONGEST = 60;

    private Quoted() {}

    /** In quotation marks, printable, of bounded length. */
    static String of(String text) {
        String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        StringBuilder plain = new StringBuilder(cut.length() + 2).append('\'');
        cut.chars().forEach(c -> plain.append(c >= ' ' && c <= '~' ? (char) c : '?'));
        return plain.append('\'').toString();
    }
}
