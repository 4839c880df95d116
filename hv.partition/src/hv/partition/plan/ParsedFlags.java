package hv.partition.plan;

import hv.api.Flags;
import hv.api.Flags.Word;
import hv.api.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Flags, compared with what the deployed enlightenments know.
 *
 * @param values the Hyper-V flags that count, by name; those with a sign last, as QEMU sets them last
 * @param foreign the words that are not Hyper-V's
 * @param problems what could not be read
 */
public record ParsedFlags(Map<String, FlagValue> values, Flags foreign, List<Problem> problems) {
    /** Copies the collections. */
    public ParsedFlags {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        problems = List.copyOf(problems);
    }

    /** Whether a flag was given and does not mean "off". */
    boolean isOn(String flag) {
        FlagValue value = values.get(flag);
        return value != null && value.on();
    }

    /** What was given with a foreign flag: the text behind {@code =}, or {@code on} or {@code off}. */
    Optional<String> foreignValue(String flag) {
        return foreign.find(flag).map(Word::setting);
    }

    /**
     * Flags that mean the same: the foreign ones and then those that are on. Those that are off are left out, but not
     * behind hv-passthrough, which has switched them on.
     */
    Flags argument() {
        boolean hasEverything = isOn(OwnFlags.PASSTHROUGH);
        List<Word> words = new ArrayList<>(foreign.words());
        values.values().stream()
                .filter(value -> value.on() || hasEverything)
                .map(FlagValue::canonical)
                .forEach(words::add);
        return new Flags(words);
    }

    /** The Hyper-V flags, each written as everybody writes it. */
    public Flags canonical() {
        return new Flags(values.values().stream().map(FlagValue::canonical).toList());
    }
}
