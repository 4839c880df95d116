package hv.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The strings of a part, each once, zero-terminated, found by their place. */
final class Strings {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<String, Integer> places = new HashMap<>();

    int place(String text) {
        return places.computeIfAbsent(text, added -> {
            int place = bytes.size();
            bytes.writeBytes(added.getBytes(StandardCharsets.US_ASCII));
            bytes.write(0);
            return place;
        });
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** The string at {@code place} of {@code strings}. */
    static String at(byte[] strings, int place) {
        int end = place;
        while (strings[end] != 0) {
            end++;
        }
        return new String(strings, place, end - place, StandardCharsets.US_ASCII);
    }

    /** Bytes up to the first zero as text, other than printable ones as dots. */
    static String printable(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (char c : new String(bytes, StandardCharsets.ISO_8859_1).toCharArray()) {
            if (c == 0) {
                break;
            }
            text.append(c >= ' ' && c <= '~' ? c : '.');
        }
        return text.toString();
    }
}
