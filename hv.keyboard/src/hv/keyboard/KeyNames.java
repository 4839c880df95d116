package hv.keyboard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What people call the keys of a keyboard with the layout of the United States, and their scan codes of set 1. */
final class KeyNames {
    /** In front of a code that has 0xE0 in front. */
    private static final int EXTENDED = 0xE000;

    private static final int PREFIX = 0xFF00;
    private static final Map<String, Integer> CODES = codes();

    private KeyNames() {}

    private static Map<String, Integer> codes() {
        Map<String, Integer> codes = new HashMap<>();
        row(codes, 0x02, "1 2 3 4 5 6 7 8 9 0 minus = backspace tab");
        row(codes, 0x10, "q w e r t y u i o p [ ] enter ctrl");
        row(codes, 0x1E, "a s d f g h j k l ; ' ` shift \\");
        row(codes, 0x2C, "z x c v b n m , . /");
        row(codes, 0x3B, "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 numlock scrolllock");
        codes.put("esc", 0x01);
        codes.put("alt", 0x38);
        codes.put("space", 0x39);
        codes.put("capslock", 0x3A);
        codes.put("f11", 0x57);
        codes.put("f12", 0x58);
        codes.put("sysrq", 0x54);
        row(codes, EXTENDED | 0x47, "home up pageup");
        codes.put("left", EXTENDED | 0x4B);
        codes.put("right", EXTENDED | 0x4D);
        row(codes, EXTENDED | 0x4F, "end down pagedown ins del");
        codes.put("meta", EXTENDED | 0x5B);
        codes.put("menu", EXTENDED | 0x5D);
        return codes;
    }

    private static void row(Map<String, Integer> codes, int first, String names) {
        int code = first;
        for (String name : names.split(" ")) {
            codes.put(name, code++);
        }
    }

    /** Presses in the order of a combination as {@code ctrl-alt-del}, lets go in the other one; empty if unknown. */
    static Optional<List<Stroke>> combination(String typed) {
        List<Integer> codes = new ArrayList<>();
        for (String name : typed.toLowerCase(Locale.ROOT).split("-", -1)) {
            Integer code = CODES.get(name);
            if (code == null) {
                return Optional.empty();
            }
            codes.add(code);
        }
        List<Stroke> strokes = new ArrayList<>();
        codes.forEach(code -> strokes.add(stroke(code, true)));
        for (int i = codes.size() - 1; i >= 0; i--) {
            strokes.add(stroke(codes.get(i), false));
        }
        return Optional.of(strokes);
    }

    private static Stroke stroke(int code, boolean isPressed) {
        return Stroke.of(code & Stroke.MOST_CODE, (code & PREFIX) == EXTENDED, isPressed);
    }
}
