package hv.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tokens of one line, taken one after another. Commas are blanks; {@code #} begins a comment.
 *
 * <p>A token is a string in quotes (kept with its opening quote), a name or number, or a symbol.
 */
final class Line {
    private static final Pattern TOKEN = Pattern.compile(
            "(?<blank>[\\s,]+|#.*)|(?<string>\"[^\"]*\")|(?<word>[A-Za-z0-9_]+)|(?<symbol>==|!=|<=|>=|[-+<>=:.\\[\\]])");

    private final List<String> tokens = new ArrayList<>();
    private final int number;
    private int next;

    Line(String text, int number) throws SyntaxError {
        this.number = number;
        Matcher matcher = TOKEN.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw new SyntaxError(
                        text.charAt(at) == '"'
                                ? "the string has no closing quote"
                                : "'%c' means nothing here".formatted(text.charAt(at)));
            }
            at = matcher.end();
            if (matcher.group("string") != null) {
                tokens.add(checked(matcher.group("string")));
            } else if (matcher.group("blank") == null) {
                tokens.add(matcher.group());
            }
        }
    }

    private static String checked(String string) throws SyntaxError {
        String text = string.substring(0, string.length() - 1);
        if (text.length() > 200) {
            throw new SyntaxError("the string is longer than 200 characters");
        }
        if (!text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new SyntaxError("strings are plain ASCII");
        }
        return text;
    }

    /** What is wrong with a line. */
    static final class SyntaxError extends Exception {
        private static final long serialVersionUID = 1L;

        SyntaxError(String message) {
            super(message);
        }
    }

    int number() {
        return number;
    }

    boolean isEmpty() {
        return tokens.isEmpty();
    }

    boolean atEnd() {
        return next == tokens.size();
    }

    /** The next token, not taken; empty at the end of the line. */
    String peek() {
        return atEnd() ? "" : tokens.get(next);
    }

    /** Whether the token after the next is {@code token}. */
    boolean isFollowedBy(String token) {
        return next + 1 < tokens.size() && tokens.get(next + 1).equals(token);
    }

    /** Takes the next token if it is {@code token}. */
    boolean accept(String token) {
        if (!peek().equals(token)) {
            return false;
        }
        next++;
        return true;
    }

    /** Takes the next token, which must be {@code token}. */
    void expect(String token) throws SyntaxError {
        if (!accept(token)) {
            throw wanted("'" + token + "'");
        }
    }

    /** Takes a name. */
    String name(String what) throws SyntaxError {
        if (!peek().matches("[A-Za-z_]\\w*")) {
            throw wanted(what);
        }
        return tokens.get(next++);
    }

    /** Takes a string. */
    String string() throws SyntaxError {
        if (!peek().startsWith("\"")) {
            throw wanted("a text in quotes");
        }
        return tokens.get(next++).substring(1);
    }

    /** Takes any token. */
    String take() {
        return tokens.get(next++);
    }

    void end() throws SyntaxError {
        if (!atEnd()) {
            throw new SyntaxError("'%s' is too much".formatted(shown()));
        }
    }

    SyntaxError wanted(String what) {
        return new SyntaxError(atEnd() ? what + " is missing" : "%s is expected, not '%s'".formatted(what, shown()));
    }

    private String shown() {
        String token = peek();
        return token.startsWith("\"") ? token + "\"" : token;
    }
}
