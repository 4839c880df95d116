package hv.guest;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Options on the boot command line: NAME=VALUE words, read as the kernel reads them ({@code kernel/options.s}).
 *
 * @param text the command line
 */
record CommandLine(String text) {
    /** The values that are words; each means its place in the list. */
    static final List<String> WORDS = List.of("no", "yes", "once");

    private static final Pattern DECIMAL = Pattern.compile("([0-9]+)(us|ms|s)?");
    private static final Pattern HEX = Pattern.compile("0x([0-9a-fA-F]+)");

    /** The text given for {@code name}, or null. */
    private String find(String name) {
        for (String word : text.split(" ")) {
            if (word.startsWith(name + "=")) {
                return word.substring(name.length() + 1);
            }
        }
        return null;
    }

    /**
     * The value of an option.
     *
     * @return empty if it is given and is no value
     */
    OptionalLong value(String name, long fallback) {
        String value = find(name);
        if (value == null) {
            return OptionalLong.of(fallback);
        }
        if (WORDS.contains(value)) {
            return OptionalLong.of(WORDS.indexOf(value));
        }
        try {
            Matcher hex = HEX.matcher(value);
            if (hex.matches()) {
                return OptionalLong.of(Long.parseUnsignedLong(hex.group(1), 16));
            }
            Matcher decimal = DECIMAL.matcher(value);
            if (decimal.matches()) {
                long number = Long.parseUnsignedLong(decimal.group(1));
                long unit = unit100ns(decimal.group(2));
                return Math.unsignedMultiplyHigh(number, unit) == 0
                        ? OptionalLong.of(number * unit)
                        : OptionalLong.empty();
            }
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }

    private static long unit100ns(String unit) {
        return switch (unit) {
            case "us" -> 10;
            case "ms" -> 10_000;
            case "s" -> 10_000_000;
            case null, default -> 1;
        };
    }
}
