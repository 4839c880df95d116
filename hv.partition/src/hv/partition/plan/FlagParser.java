package hv.partition.plan;

import hv.api.FlagOption;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads QEMU's {@code -cpu} argument: {@code hv-x} or {@code hv_x}, {@code =on|off}, {@code +hv-x}, {@code -hv-x}, numbers in
 * decimal, 0x hex or, after a 0, octal. Flags that are not Hyper-V's are listed and passed over. Later flags win over earlier ones,
 * {@code +} forms over all of these and {@code -} forms over all others, as in QEMU.
 *
 * <p>Used by one thread for one argument.
 */
final class FlagParser {
    /** Longest argument looked at; longer ones are somebody's mistake. */
    static final int MAX_CHARACTERS = 64 * 1024;

    /** After so many problems the rest is only counted. */
    private static final int MOST_PROBLEMS = 50;

    private static final Set<String> YES = Set.of("on", "yes", "true", "y");
    private static final Set<String> NO = Set.of("off", "no", "false", "n");

    private final SortedMap<String, FlagOption> known = new TreeMap<>();
    private final Map<String, FlagValue> values = new LinkedHashMap<>();
    private final List<String> foreign = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private int unsaid;

    FlagParser(Catalogue catalogue) {
        for (FlagOption option : OwnFlags.ALL) {
            known.put(option.flag(), option);
        }
        for (Catalogue.Entry entry : catalogue.all()) {
            for (FlagOption option : entry.descriptor().options()) {
                known.put(option.flag(), option);
            }
        }
    }

    /** What was understood. */
    ParsedFlags parse(String flags) {
        if (flags.length() > MAX_CHARACTERS) {
            problem("", "the flags are %d characters long".formatted(flags.length()), "give at most " + MAX_CHARACTERS);
            return new ParsedFlags(values, foreign, problems);
        }
        Map<String, FlagValue> signed = new LinkedHashMap<>();
        for (String part : flags.split(",")) {
            String word = part.strip();
            if (!word.isEmpty()) {
                read(word, signed);
            }
        }
        signed.forEach((flag, value) -> {
            values.remove(flag);
            values.put(flag, value);
        });
        if (unsaid > 0) {
            problems.add(new Problem(Severity.WILL_NOT_START, "", unsaid + " more words cannot be read", ""));
        }
        return new ParsedFlags(values, foreign, problems);
    }

    private void read(String word, Map<String, FlagValue> signed) {
        boolean isSigned = word.charAt(0) == '+' || word.charAt(0) == '-';
        String bare = isSigned ? word.substring(1) : word;
        int equals = bare.indexOf('=');
        String name = (equals < 0 ? bare : bare.substring(0, equals)).replace('_', '-');
        String value = equals < 0 ? null : bare.substring(equals + 1);
        if (!name.startsWith("hv-") && !name.startsWith("x-hv-")) {
            foreign.add(word);
            return;
        }
        FlagOption option = known.get(name);
        if (option == null) {
            unknown(name, value);
        } else if (isSigned) {
            if (option.kind() == FlagOption.Kind.SWITCH && value == null) {
                boolean isOn = word.charAt(0) == '+';
                signed.merge(name, new FlagValue(option, isOn, 0, ""), (one, two) -> one.on() ? two : one);
            } else {
                problem(name, "'%s' cannot be read".formatted(abbreviate(word)), "write " + example(option));
            }
        } else {
            parseValue(option, value).ifPresent(given -> {
                values.remove(name);
                values.put(name, given);
            });
        }
    }

    private Optional<FlagValue> parseValue(FlagOption option, String value) {
        Optional<FlagValue> parsed = switch (option.kind()) {
            case SWITCH -> parseSwitch(option, value);
            case NUMBER -> parseNumber(option, value);
            case TEXT -> Optional.ofNullable(value).map(text -> new FlagValue(option, true, 0, text));
            case CHOICE -> parseChoice(option, value == null ? "on" : value);
        };
        if (parsed.isEmpty()) {
            String given = value == null ? "without a value" : "with '" + abbreviate(value) + "'";
            problem(option.flag(), "%s %s cannot be used".formatted(option.flag(), given), "write " + example(option));
        }
        return parsed;
    }

    private static Optional<FlagValue> parseSwitch(FlagOption option, String value) {
        if (value == null || YES.contains(value)) {
            return Optional.of(new FlagValue(option, true, 0, ""));
        }
        return NO.contains(value) ? Optional.of(new FlagValue(option, false, 0, "")) : Optional.empty();
    }

    private static Optional<FlagValue> parseNumber(FlagOption option, String value) {
        if (value == null) {
            return Optional.empty();
        }
        try {
            boolean isHex = value.startsWith("0x") || value.startsWith("0X");
            boolean isOctal = !isHex && value.length() > 1 && value.startsWith("0");
            String digits = isHex ? value.substring(2) : value;
            if (digits.isEmpty() || Character.digit(digits.charAt(0), 16) < 0) {
                return Optional.empty(); // a sign
            }
            long number = Long.parseUnsignedLong(digits, isHex ? 16 : isOctal ? 8 : 10);
            if (Long.compareUnsigned(number, option.max()) > 0) {
                return Optional.empty();
            }
            // An enabling number of all ones is QEMU's way to say "not given" (hv-spinlocks=0xffffffff).
            boolean given = !(option.enables() && number == option.max());
            return Optional.of(new FlagValue(option, given, number, ""));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<FlagValue> parseChoice(FlagOption option, String value) {
        int index = option.choices().indexOf(value);
        return index < 0 ? Optional.empty() : Optional.of(new FlagValue(option, index > 0, 0, value));
    }

    private static String example(FlagOption option) {
        return switch (option.kind()) {
            case SWITCH -> "%1$s=on or %1$s=off".formatted(option.flag());
            case NUMBER -> "%s=N with N from 0 to 0x%s".formatted(option.flag(), Long.toHexString(option.max()));
            case TEXT -> option.flag() + "=TEXT";
            case CHOICE -> option.flag() + "=" + String.join("|", option.choices());
        };
    }

    private void unknown(String name, String value) {
        if (problems.size() == MOST_PROBLEMS) {
            unsaid++;
            return;
        }
        String bare = name.startsWith("x-hv-") ? name.substring(2) : name;
        Optional<String> meant = known.keySet().stream()
                .filter(candidate -> candidate.equals(bare) || distance(name, candidate) <= 2)
                .findFirst();
        String reason = "no deployed enlightenment offers " + abbreviate(name);
        String remedy = meant.map(candidate -> "did you mean " + candidate + "?")
                .orElseGet(() -> "known flags: " + String.join(" ", known.keySet()));
        String change = meant.map(candidate -> candidate + (value == null ? "" : "=" + value))
                .orElse("");
        problems.add(new Problem(Severity.WILL_NOT_START, abbreviate(name), reason, remedy, change));
    }

    /** Edit distance, for suggestions; both names are short. */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 2) {
            return 3;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    /** Fit for a line on a terminal. */
    private static String abbreviate(String value) {
        String start = value.length() <= 40 ? value : value.substring(0, 40) + "...";
        return start.chars().anyMatch(Character::isISOControl) ? start.replaceAll("\\p{Cntrl}", "?") : start;
    }

    private void problem(String flag, String reason, String remedy) {
        if (problems.size() == MOST_PROBLEMS) {
            unsaid++;
            return;
        }
        problems.add(new Problem(Severity.WILL_NOT_START, flag, reason, remedy));
    }
}
