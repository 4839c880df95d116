package hv.replay;

import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** What was recorded, in forms that may leave something open. */
final class Expected {
    /** What stands for a value that is not to be compared. */
    static final String ANYTHING = "*";

    private static final String ANY_BYTE = "??";

    private Expected() {}

    /** How an instruction ended. */
    enum Result {
        OK("ok"),
        GP("#GP"),
        UD("#UD");

        private final String shown;

        Result(String shown) {
            this.shown = shown;
        }

        static Result of(String text) throws BadLineException {
            return switch (text) {
                case "ok" -> OK;
                case "gp" -> GP;
                case "ud" -> UD;
                default -> throw new BadLineException("\"result\" is '%s', not ok, gp or ud".formatted(text));
            };
        }

        @Override
        public String toString() {
            return shown;
        }
    }

    /**
     * A number, or anything.
     *
     * @param isAny whether it is not to be compared
     * @param number what it is otherwise
     */
    record Value(boolean isAny, long number) {
        static final Value ANY = new Value(true, 0);

        static Value of(Fields fields, String name) throws BadLineException {
            return fields.has(name)
                            && fields.optionalText(name)
                                    .filter(ANYTHING::equals)
                                    .isPresent()
                    ? ANY
                    : new Value(false, fields.number(name));
        }

        boolean matches(long got) {
            return isAny || got == number;
        }

        @Override
        public String toString() {
            return isAny ? ANYTHING : hex(number);
        }
    }

    /**
     * Bytes, some of which may be anything.
     *
     * @param text two digits for each, or {@value #ANY_BYTE}
     */
    record Bytes(String text) {
        static Bytes of(String text) throws BadLineException {
            boolean isGood = text.length() % 2 == 0 && !text.isEmpty();
            for (int i = 0; isGood && i < text.length(); i += 2) {
                isGood = text.startsWith(ANY_BYTE, i)
                        || HexFormat.isHexDigit(text.charAt(i)) && HexFormat.isHexDigit(text.charAt(i + 1));
            }
            if (!isGood) {
                throw new BadLineException("\"bytes\" is not made of pairs of hex digits or ??");
            }
            return new Bytes(text.toLowerCase(java.util.Locale.ROOT));
        }

        int length() {
            return text.length() / 2;
        }

        /** They, with nothing left open. */
        byte[] exact() throws BadLineException {
            if (text.contains(ANY_BYTE)) {
                throw new BadLineException("\"bytes\" to be written must all be known");
            }
            return HexFormat.of().parseHex(text);
        }

        boolean matches(byte[] got) {
            String shown = HexFormat.of().formatHex(got);
            for (int i = 0; i < text.length(); i += 2) {
                if (!text.startsWith(ANY_BYTE, i) && !text.regionMatches(i, shown, i, 2)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Interrupts by vector.
     *
     * @param isAny whether nothing is to be compared
     * @param byVector how many of each; a vector that is not there never came
     */
    record Counts(boolean isAny, SortedMap<Integer, Value> byVector) {
        boolean matches(SortedMap<Integer, Integer> got) {
            return isAny
                    || got.keySet().equals(byVector.keySet())
                            && got.entrySet().stream()
                                    .allMatch(e -> byVector.get(e.getKey()).matches(e.getValue()));
        }

        @Override
        public String toString() {
            return isAny ? ANYTHING : shown(byVector);
        }
    }

    /** As "0x30: 1, 0x51: 2", or "none". */
    static String shown(SortedMap<Integer, ?> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream().map(Expected::shown).collect(Collectors.joining(", "));
    }

    private static String shown(Map.Entry<Integer, ?> entry) {
        long count = entry.getValue() instanceof Value value ? value.number() : (Integer) entry.getValue();
        boolean isAny = entry.getValue() instanceof Value value && value.isAny();
        return "0x%02x: %s".formatted(entry.getKey(), isAny ? ANYTHING : count);
    }

    /** A number as files write it. */
    static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
