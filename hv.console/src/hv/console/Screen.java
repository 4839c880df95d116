package hv.console;

import org.apache.felix.service.command.Process;

/**
 * Where a command's output goes: a terminal of some width that shows colours, or a file or pipe that gets plain lines
 * of any length. The launching script says how wide the terminal is with the property {@code hv.columns}; without it
 * there is none. A command whose output is piped inside the shell is not on the terminal either. NO_COLOR in the
 * environment is respected.
 *
 * @param columns width of the terminal; 0 for no terminal
 * @param isColoured whether colours are shown
 */
record Screen(int columns, boolean isColoured) {
    /** No terminal. */
    static final Screen PLAIN = new Screen(0, false);

    private static final int NARROWEST = 40;
    private static final int WIDEST = 1000;
    private static final int USUAL = 80;
    private static final String ESCAPE = "\u001b[";
    private static final String OFF = ESCAPE + "0m";

    /** How a word is shown where colours are. */
    enum Style {
        BOLD("1"),
        RED("31"),
        GREEN("32"),
        YELLOW("33"),
        CYAN("36"),
        DIM("2");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** The one of the command that runs on this thread. */
    static Screen current() {
        Process process = Process.Utils.current();
        if (process != null && !process.isTty(1)) {
            return PLAIN;
        }
        return of(System.getProperty("hv.columns"), System.getenv("NO_COLOR"));
    }

    /** From what the script and the environment say; both may be null. */
    static Screen of(String columns, String noColor) {
        if (columns == null || !columns.matches("[0-9]{1,4}")) {
            return PLAIN;
        }
        int told = Integer.parseInt(columns);
        int width = told == 0 ? USUAL : Math.max(NARROWEST, Math.min(told, WIDEST));
        return new Screen(width, noColor == null || noColor.isEmpty());
    }

    /** The text, in that style if there are colours. */
    String paint(Style style, String text) {
        return isColoured && !text.isEmpty() ? ESCAPE + style.code + "m" + text + OFF : text;
    }

    /** How many columns a text takes. */
    static int width(String text) {
        return text.replaceAll("\u001b\\[[0-9;]*m", "").length();
    }

    /**
     * Breaks a text at blanks so that it fits behind {@code indent} columns; words that are longer than a line stay
     * whole.
     *
     * @return the text with line breaks and indentation; the first line is not indented
     */
    String wrap(String text, int indent) {
        int room = columns - indent;
        if (columns == 0 || width(text) <= room || room < NARROWEST / 2) {
            return text;
        }
        StringBuilder wrapped = new StringBuilder();
        int used = 0;
        for (String word : text.split(" ")) {
            int width = width(word);
            if (used > 0 && used + 1 + width > room) {
                wrapped.append('\n').append(" ".repeat(indent));
                used = 0;
            } else if (used > 0 || word.isEmpty()) {
                wrapped.append(' ');
                used++;
            }
            wrapped.append(word);
            used += width;
        }
        return wrapped.toString();
    }
}
