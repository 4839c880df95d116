package hv.flags;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One word of a {@code -cpu} argument, taken apart.
 *
 * @param name with dashes, without a sign
 * @param spelling the name as it was written: for models and flags that others than QEMU know with underscores
 * @param value the text behind {@code =}; {@code on} or {@code off} for a word without one
 * @param sign {@code +} or {@code -}, or a space if there was none
 * @param isBare whether there was neither sign nor value, so that it may be a model of CPU
 */
record CpuWord(String name, String spelling, String value, char sign, boolean isBare) {
    private static final Set<String> YES = Set.of("on", "yes", "true", "y");
    private static final Set<String> NO = Set.of("off", "no", "false", "n");

    /** The words of an argument, those that are empty left out. */
    static List<CpuWord> of(String cpu) {
        List<CpuWord> words = new ArrayList<>();
        for (String part : cpu.split(",")) {
            String word = part.strip();
            if (!word.isEmpty()) {
                words.add(word(word));
            }
        }
        return words;
    }

    /** The words that count, by name, in the order of the last time they were given: as in QEMU {@code -} wins, then {@code +}, then the last. */
    static Map<String, CpuWord> inEffect(String cpu) {
        Map<String, CpuWord> words = new LinkedHashMap<>();
        for (CpuWord word : of(cpu)) {
            CpuWord before = words.get(word.name);
            if (before == null || before.rank() <= word.rank()) {
                words.remove(word.name);
                words.put(word.name, word);
            }
        }
        return words;
    }

    private static CpuWord word(String word) {
        char sign = word.charAt(0);
        if (sign == '+' || sign == '-') {
            return of(word.substring(1), sign == '+' ? "on" : "off", sign, false);
        }
        int equals = word.indexOf('=');
        return equals < 0
                ? of(word, "on", ' ', true)
                : of(word.substring(0, equals), word.substring(equals + 1), ' ', false);
    }

    private static CpuWord of(String spelling, String value, char sign, boolean isBare) {
        return new CpuWord(spelling.replace('_', '-'), spelling, value, sign, isBare);
    }

    private int rank() {
        return sign == '-' ? 2 : sign == '+' ? 1 : 0;
    }

    boolean isHyperV() {
        return name.startsWith("hv-") || name.startsWith("x-hv-");
    }

    boolean isOn() {
        return YES.contains(value);
    }

    boolean isSwitch() {
        return isOn() || NO.contains(value);
    }
}
