package hv.console;

import java.util.List;
import java.util.stream.Collectors;

/** Writes one JSON object. Used by one thread. */
final class Json {
    private final StringBuilder out = new StringBuilder();
    private boolean isFirst = true;

    Json open() {
        separate();
        out.append('{');
        isFirst = true;
        return this;
    }

    Json close() {
        out.append('}');
        isFirst = false;
        return this;
    }

    Json list(String key) {
        key(key).append('[');
        isFirst = true;
        return this;
    }

    Json end() {
        out.append(']');
        isFirst = false;
        return this;
    }

    Json text(String key, String value) {
        key(key).append(quoted(value));
        return this;
    }

    Json flag(String key, boolean value) {
        key(key).append(value);
        return this;
    }

    Json texts(String key, List<String> values) {
        key(key).append(values.stream().map(Json::quoted).collect(Collectors.joining(",", "[", "]")));
        return this;
    }

    private StringBuilder key(String key) {
        separate();
        return out.append(quoted(key)).append(':');
    }

    private void separate() {
        if (!isFirst) {
            out.append(',');
        }
        isFirst = false;
    }

    /** RFC 8259: quotes, backslashes and control characters are escaped. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                default -> quoted.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
