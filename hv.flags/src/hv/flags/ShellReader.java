package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a text into words as a shell does, without expanding anything. Since people paste logs, process lists, arrays
 * and lists of YAML and JSON just as well, brackets, list marks and commas behind quotes are no part of a word, and a
 * quote that is not closed, or that is an apostrophe, is a character. Used by one thread for one text.
 */
final class ShellReader {
    private static final int MOST_WORDS = 10_000;
    private static final Pattern EXPANSION =
            Pattern.compile("\\$(\\w+|[@*?!#]|\\{[^}\\n]{0,200}\\}|\\([^)\\n]{0,200}\\)?)"
                    + "|`[^`\\n]{0,200}`|\\{\\{[^}\\n]{0,200}\\}\\}|%[A-Za-z_]\\w{0,200}%");
    private static final String SEPARATORS = "();|&";

    private final String text;
    private final Matcher expansion;
    private final List<ShellWord> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private final int lastSingle;
    private final int lastDouble;
    private String unknown = "";
    private boolean isOpen;
    private boolean wasQuoted;
    private int line = 1;
    private int wordLine;
    private int brackets;
    private int at;

    ShellReader(String text) {
        this.text = text;
        expansion = EXPANSION.matcher(text);
        lastSingle = text.lastIndexOf('\'');
        lastDouble = text.lastIndexOf('"');
    }

    /** All words, in order. */
    List<ShellWord> read() throws UnusableTextException {
        boolean isLineStart = true;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                end();
                line++;
                at++;
                isLineStart = true;
            } else if (Character.isWhitespace(c)) {
                end();
                at++;
            } else if (!isOpen && (c == '#' || isLineStart && isListMark())) {
                at = c == '#' ? endOfLine() : at + 1;
            } else if (SEPARATORS.indexOf(c) >= 0
                    || !isOpen && (c == '[' || c == ']' || c == ',')
                    || isClosingBracket(c)) {
                brackets += c == '[' ? 1 : c == ']' ? -1 : 0;
                end();
                at++;
            } else if (c == ',' && wasQuoted && isBeforeNext()) {
                end();
                at++;
            } else {
                isLineStart = false;
                take(c);
            }
        }
        end();
        return words;
    }

    private void take(char c) {
        if (!isOpen) {
            isOpen = true;
            wordLine = line;
        }
        wasQuoted = false;
        if (c == '\\' && at + 1 < text.length()) {
            escaped();
        } else if ((c == '\'' || c == '"') && !isApostrophe(c)) {
            quoted(c);
        } else if (!expanded(text.length())) {
            word.append(c);
            at++;
        }
    }

    /** What follows a backslash is itself, and a line end is nothing. */
    private void escaped() {
        char next = text.charAt(at + 1);
        at += 2;
        if (next == '\r' && at < text.length() && text.charAt(at) == '\n') {
            at++;
            line++;
        } else if (next == '\n') {
            line++;
        } else {
            word.append(next);
            return;
        }
        if (word.isEmpty()) {
            isOpen = false;
        }
    }

    private void quoted(char quote) {
        int close = close(quote);
        at++;
        while (at < close) {
            char c = text.charAt(at);
            if (quote == '"' && c == '\\' && at + 1 < close) {
                escaped();
                isOpen = true;
            } else if (quote != '"' || !expanded(close)) {
                line += c == '\n' ? 1 : 0;
                word.append(c);
                at++;
            }
        }
        at = close + 1;
        wasQuoted = true;
    }

    /** Takes a variable or a substitution that begins here, if one does, as it is written. */
    private boolean expanded(int end) {
        char c = text.charAt(at);
        if (c != '$' && c != '`' && c != '{' && c != '%') {
            return false;
        }
        expansion.region(at, end);
        if (!expansion.lookingAt()) {
            return false;
        }
        unknown = unknown.isEmpty() ? expansion.group() : unknown;
        word.append(expansion.group());
        at = expansion.end();
        return true;
    }

    /** Where a quote that begins here is closed; -1 if it is not. */
    private int close(char quote) {
        if (at >= (quote == '"' ? lastDouble : lastSingle)) {
            return -1;
        }
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                return i;
            }
            i += quote == '"' && c == '\\' ? 1 : 0;
        }
        return -1;
    }

    /**
     * Whether a quote opens nothing: it is not closed, or stands between two letters of a word that is neither a
     * setting nor a list.
     */
    private boolean isApostrophe(char quote) {
        boolean isInside = quote == '\''
                && at > 0
                && Character.isLetter(text.charAt(at - 1))
                && at + 1 < text.length()
                && Character.isLetter(text.charAt(at + 1))
                && word.indexOf("=") < 0
                && word.indexOf(",") < 0;
        return isInside || close(quote) < 0;
    }

    /** A dash and a blank at the start of a line: an element of a YAML list. */
    private boolean isListMark() {
        return text.charAt(at) == '-' && (at + 1 == text.length() || Character.isWhitespace(text.charAt(at + 1)));
    }

    private boolean isClosingBracket(char c) {
        return c == ']' && brackets > 0 && isBeforeNext();
    }

    private boolean isBeforeNext() {
        return at + 1 == text.length()
                || Character.isWhitespace(text.charAt(at + 1))
                || ",])'\"".indexOf(text.charAt(at + 1)) >= 0;
    }

    private int endOfLine() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private void end() throws UnusableTextException {
        if (isOpen) {
            if (words.size() == MOST_WORDS) {
                throw new UnusableTextException("there are more than " + MOST_WORDS + " words");
            }
            words.add(new ShellWord(
                    word.toString(), wordLine, Optional.of(unknown).filter(name -> !name.isEmpty())));
            word.setLength(0);
            unknown = "";
            isOpen = false;
        }
        wasQuoted = false;
    }
}
