package hv.explain;

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
        String digits = isHex ? plain.substring(2) : plain;
        // Long.parseUnsignedLong takes a plus sign, which nobody means here.
        if (digits.isEmpty() || digits.startsWith("+")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseUnsignedLong(digits, isHex ? 16 : 10));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
