package hv.guest;

import hv.guest.Instruction.Source;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the names of a part stand for: registers, and numbers given by {@code let}; and how numbers are written. */
final class Names {
    static final int REGISTERS = 16;

    private static final Pattern NUMBER = Pattern.compile("(0x[0-9a-fA-F_]+|[0-9][0-9_]*)(us|ms|s)?");
    private static final Map<String, Long> UNITS_100NS = Map.of("us", 10L, "ms", 10_000L, "s", 10_000_000L);

    private final Map<String, Source> names = new HashMap<>();

    Names() {
        for (int i = 0; i < REGISTERS; i++) {
            names.put("r" + i, new Source(false, i));
        }
        for (String word : CommandLine.WORDS) {
            names.put(word, new Source(true, CommandLine.WORDS.indexOf(word)));
        }
        names.put("vp", new Source(false, 12));
        names.put("vps", new Source(false, 13));
        names.put("shared", new Source(false, 14));
        names.put("scratch", new Source(false, 15));
    }

    void define(String name, Source meaning) throws Line.SyntaxError {
        if (names.putIfAbsent(name, meaning) != null) {
            throw new Line.SyntaxError("'%s' has a meaning already".formatted(name));
        }
    }

    /** Takes a register or a number. */
    Source source(Line line) throws Line.SyntaxError {
        if (line.peek().matches("[0-9].*") || line.peek().equals("-")) {
            return new Source(true, number(line));
        }
        Source meaning = names.get(line.peek());
        if (meaning == null) {
            throw line.peek().matches("[A-Za-z_]\\w*")
                    ? new Line.SyntaxError("'%s' is neither a register nor a name given by let".formatted(line.peek()))
                    : line.wanted("a register or a number");
        }
        line.take();
        return meaning;
    }

    /** Takes a register. */
    int register(Line line) throws Line.SyntaxError {
        Source meaning = names.get(line.peek());
        if (meaning == null || meaning.isConstant()) {
            throw line.wanted("a register (r0 to r15)");
        }
        line.take();
        return (int) meaning.value();
    }

    /** Takes a number, or a name for one. */
    long constant(Line line) throws Line.SyntaxError {
        Source value = source(line);
        if (!value.isConstant()) {
            throw new Line.SyntaxError("a number is expected, not a register");
        }
        return value.value();
    }

    /** Takes a number within bounds. */
    long constant(Line line, long least, long most, String what) throws Line.SyntaxError {
        long value = constant(line);
        if (value < least || value > most) {
            throw new Line.SyntaxError("%s is %d to %d, not %d".formatted(what, least, most, value));
        }
        return value;
    }

    private static long number(Line line) throws Line.SyntaxError {
        boolean isNegative = line.accept("-");
        Matcher matcher = NUMBER.matcher(line.peek());
        if (!matcher.matches()) {
            throw line.wanted("a number");
        }
        String text = line.take();
        String digits = matcher.group(1).replace("_", "");
        boolean isHex = digits.startsWith("0x");
        if (digits.equals("0x")) {
            throw new Line.SyntaxError("'%s' is no number".formatted(text));
        }
        BigInteger value = new BigInteger(isHex ? digits.substring(2) : digits, isHex ? 16 : 10);
        if (matcher.group(2) != null) {
            value = value.multiply(BigInteger.valueOf(UNITS_100NS.get(matcher.group(2))));
        }
        if (value.bitLength() > Long.SIZE) {
            throw new Line.SyntaxError("%s does not fit in 64 bits".formatted(text));
        }
        return isNegative ? -value.longValue() : value.longValue();
    }
}
