package hv.flags;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A frequency as QEMU reads it: a number, perhaps with a unit of a thousand, a million or a thousand million. */
final class Hertz {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)([bBkKmMgG]?)");
    private static final String UNITS = "bkmg";

    private Hertz() {}

    /** The plain number; empty if it is none. */
    static Optional<String> of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        int power = form.group(2).isEmpty()
                ? 0
                : 3 * UNITS.indexOf(Character.toLowerCase(form.group(2).charAt(0)));
        return Optional.of(new BigDecimal(form.group(1))
                .scaleByPowerOfTen(power)
                .toBigInteger()
                .toString());
    }
}
