package hv.explain;

import java.util.Locale;
import java.util.OptionalLong;

/** Numbers as people write them. */
final class Numbers {
    private Numbers() {}

    /** An unsigned number of 64 bits, decimal or 0x hex, with underscores where wanted; empty if it is none. */
    static OptionalLong parse(String text) {
        if (text.length() > 40) {
            return OptionalLong.empty();
        }
        String plain = text.replace("_", "").replace("`", "");
        boolean isHex = plain.startsWith("0x") || plain.startsWith("0X");
        return parse(isHex ? plain.substring(2) : plain, isHex ? 16 : 10);
    }

    /**
     * An unsigned number of 64 bits in hexadecimal digits, with 0x in front or h behind it or without; empty if it is
     * none.
     */
    static OptionalLong hex(String text) {
        if (text.length() > 40) {
            return OptionalLong.empty();
        }
        String plain = text.replace("`", "").toLowerCase(Locale.ROOT);
        String digits = plain.startsWith("0x") ? plain.substring(2) : plain;
        return parse(digits.endsWith("h") ? digits.substring(0, digits.length() - 1) : digits, 16);
    }

    private static OptionalLong parse(String digits, int radix) {
        // Long.parseUnsignedLong takes a plus sign, which nobody means here.
        if (digits.isEmpty() || digits.startsWith("+")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseUnsignedLong(digits, radix));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
