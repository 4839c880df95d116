package hv.partition;

import hv.api.Problem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A {@code -cpu} argument, read.
 *
 * @param values the Hyper-V flags by name, in the order given
 * @param foreign the words that are not Hyper-V's
 * @param problems what could not be read
 */
record ParsedFlags(Map<String, FlagValue> values, List<String> foreign, List<Problem> problems) {
    ParsedFlags {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        foreign = List.copyOf(foreign);
        problems = List.copyOf(problems);
    }

    /** Whether a flag was given and does not mean "off". */
    boolean isOn(String flag) {
        FlagValue value = values.get(flag);
        return value != null && value.on();
    }

    /** All of them in one line, as a command line would have them. */
    String canonical() {
        return values.values().stream().map(FlagValue::canonical).collect(Collectors.joining(","));
    }
}
