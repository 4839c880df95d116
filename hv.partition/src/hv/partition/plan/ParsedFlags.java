package hv.partition.plan;

import hv.api.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A {@code -cpu} argument, read.
 *
 * @param values the Hyper-V flags by name, in the order given
 * @param foreign the words that are not Hyper-V's
 * @param problems what could not be read
 */
public record ParsedFlags(Map<String, FlagValue> values, List<String> foreign, List<Problem> problems) {
    /** Copies everything. */
    public ParsedFlags {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        foreign = List.copyOf(foreign);
        problems = List.copyOf(problems);
    }

    /** Whether a flag was given and does not mean "off". */
    boolean isOn(String flag) {
        FlagValue value = values.get(flag);
        return value != null && value.on();
    }

    /** What was given with a foreign flag: the text behind {@code =}, or {@code on} or {@code off}; {@code -} wins, then {@code +}, then the last. */
    Optional<String> foreignValue(String flag) {
        String given = null;
        boolean plus = false;
        for (String word : foreign) {
            char sign = word.charAt(0);
            boolean isSigned = sign == '+' || sign == '-';
            int equals = word.indexOf('=');
            String name = word.substring(isSigned ? 1 : 0, equals < 0 ? word.length() : equals);
            if (!name.replace('_', '-').equals(flag)) {
                continue;
            }
            if (sign == '-') {
                return Optional.of("off");
            }
            plus |= sign == '+';
            given = equals < 0 ? "on" : word.substring(equals + 1);
        }
        return plus ? Optional.of("on") : Optional.ofNullable(given);
    }

    /**
     * A whole {@code -cpu} argument that means the same: the foreign flags and then those that are on. Those that are off are left out, but
     * not behind hv-passthrough, which has switched them on.
     */
    String argument() {
        boolean hasEverything = isOn(OwnFlags.PASSTHROUGH);
        List<String> words = new ArrayList<>(foreign);
        values.values().stream()
                .filter(value -> value.on() || hasEverything)
                .map(FlagValue::canonical)
                .forEach(words::add);
        return String.join(",", words);
    }

    /** All of them in one line, as a command line would have them. */
    public String canonical() {
        return values.values().stream().map(FlagValue::canonical).collect(Collectors.joining(","));
    }
}
