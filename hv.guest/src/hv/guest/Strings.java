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
}
