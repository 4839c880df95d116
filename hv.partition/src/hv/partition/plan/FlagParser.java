package hv.partition.plan;

import hv.api.Flags;
import hv.api.Flags.Sign;
import hv.api.Flags.Word;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.FlagOption;
import hv.flags.Edits;
import hv.flags.Shown;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds the option of each word and reads its value: {@code on} or {@code off} in QEMU's spellings, numbers in decimal,
 * 0x hex or, after a 0, octal. Words that are not Hyper-V's are listed and passed over.
 *
 * <p>Used by one thread for one set of flags.
 */
final class FlagParser {
    /** After so many problems the rest is only counted. */
    private static final int MOST_PROBLEMS = 50;

    /** A name with more edits than these was not meant. */
    private static final int MOST_EDITS = 2;

    private final SortedMap<String, FlagOption> known = new TreeMap<>();
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

    /** What was understood. A word that was not understood counts for nothing. */
    ParsedFlags parse(Flags flags) {
        List<Word> foreign = new ArrayList<>();
        List<Word> understood = new ArrayList<>();
        Map<Word, FlagValue> values = new HashMap<>();
        for (Word word : flags.words()) {
            if (!word.isHyperV()) {
                foreign.add(word);
            } else {
                read(word).ifPresent(value -> {
                    understood.add(word);
                    values.put(word, value);
                });
            }
        }
        Map<String, FlagValue> counting = new LinkedHashMap<>();
        List<Word> inEffect = new ArrayList<>(new Flags(understood).inEffect());
        // Stable: words without a sign stay in their order, and so do those with one.
        inEffect.sort(Comparator.comparing(word -> word.sign() != Sign.NONE));
        inEffect.forEach(word -> counting.put(word.name(), values.get(word)));
        if (unsaid > 0) {
            problems.add(new Problem(Severity.WILL_NOT_START, "", unsaid + " more words cannot be read", ""));
        }
        return new ParsedFlags(counting, new Flags(foreign), problems);
    }

    private Optional<FlagValue> read(Word word) {
        FlagOption option = known.get(word.name());
        if (option == null) {
            unknown(word);
            return Optional.empty();
        }
        if (word.sign() == Sign.NONE) {
            return value(option, word);
        }
        if (!word.spelling().equals(word.name())) {
            problem(
                    word.name(),
                    "behind + and - QEMU takes a name as it is written, and has no %s"
                            .formatted(shown(word.spelling())),
                    "write %s=%s".formatted(word.name(), word.setting()),
                    "%s=%s".formatted(word.name(), word.setting()));
            return Optional.empty();
        }
        if (option.kind() == FlagOption.Kind.SWITCH && word.value().isEmpty()) {
            return Optional.of(new FlagValue(option, word.isOn(), 0, ""));
        }
        problem(word.name(), "'%s' cannot be read".formatted(shown(word.toString())), "write " + example(option));
        return Optional.empty();
    }

    private Optional<FlagValue> value(FlagOption option, Word word) {
        Optional<FlagValue> parsed = switch (option.kind()) {
            case SWITCH ->
                word.isOn() || word.isOff() ? Optional.of(new FlagValue(option, word.isOn(), 0, "")) : Optional.empty();
            case NUMBER -> word.value().flatMap(value -> parseNumber(option, value));
            case TEXT -> Optional.of(parseText(option, word));
            case CHOICE -> parseChoice(option, word.setting());
        };
        if (parsed.isEmpty()) {
            String given =
                    word.value().map(value -> "with '" + shown(value) + "'").orElse("without a value");
            problem(option.flag(), "%s %s cannot be used".formatted(option.flag(), given), "write " + example(option));
        }
        return parsed;
    }

    private static Optional<FlagValue> parseNumber(FlagOption option, String value) {
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

    /** For QEMU a word without a value has the value "on", whatever kind it is of. */
    private FlagValue parseText(FlagOption option, Word word) {
        if (word.value().isEmpty() && problems.size() < MOST_PROBLEMS) {
            problems.add(new Problem(
                    Severity.NOTE,
                    option.flag(),
                    "without a value it is '%s'".formatted(word.setting()),
                    "write " + example(option)));
        }
        return new FlagValue(option, true, 0, word.setting());
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

    private void unknown(Word word) {
        if (problems.size() == MOST_PROBLEMS) {
            unsaid++;
            return;
        }
        String name = word.name();
        String lower = name.toLowerCase(Locale.ROOT);
        String bare = lower.startsWith("x-hv-") ? lower.substring(2) : lower;
        Optional<String> meant = known.keySet().stream()
                .filter(candidate ->
                        candidate.equals(bare) || Edits.between(lower, candidate, MOST_EDITS) <= MOST_EDITS)
                .findFirst();
        String reason = "no deployed enlightenment offers " + shown(name);
        String remedy = meant.map(candidate -> "did you mean " + candidate + "?")
                .orElseGet(() -> "known flags: " + String.join(" ", known.keySet()));
        String change = meant.map(candidate -> new Word(Sign.NONE, candidate, word.value()).toString())
                .orElse("");
        problems.add(new Problem(Severity.WILL_NOT_START, shown(name), reason, remedy, change));
    }

    private static String shown(String text) {
        return Shown.of(text, Shown.WORD);
    }

    private void problem(String flag, String reason, String remedy) {
        problem(flag, reason, remedy, "");
    }

    private void problem(String flag, String reason, String remedy, String change) {
        if (problems.size() == MOST_PROBLEMS) {
            unsaid++;
            return;
        }
        problems.add(new Problem(Severity.WILL_NOT_START, flag, reason, remedy, change));
    }
}
