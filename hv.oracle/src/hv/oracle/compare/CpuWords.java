package hv.oracle.compare;

import hv.flags.FlagGrammar;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A {@code -cpu} argument by what it says, however it says it. Without state. */
final class CpuWords {
    private static final Map<String, String> OTHER_NAMES = Map.of("hv-apicv", "hv-avic", "tsc-freq", "tsc-frequency");

    private static final Set<String> USUALLY_ON = Set.of("kvm", "migratable");

    private CpuWords() {}

    /**
     * Names with their settings. The model is called "model"; Hyper-V switches that are off are left out, since off is
     * what they are without a word; so are kvm=on and migratable=on.
     */
    static Map<String, String> of(String argument) {
        Map<String, String> words = new TreeMap<>();
        boolean isFirst = true;
        for (var word : FlagGrammar.read(argument).inEffect()) {
            if (isFirst && word.isBare() && !word.isHyperV()) {
                words.put("model", word.spelling());
            } else if (!(word.isHyperV() && word.isOff()) && !(USUALLY_ON.contains(word.name()) && word.isOn())) {
                words.put(
                        OTHER_NAMES.getOrDefault(word.name(), word.name()).replaceAll("[_.]", "-"),
                        word.isOn() ? "on" : word.isOff() ? "off" : setting(word.setting()));
            }
            isFirst = false;
        }
        if ("on".equals(words.get("host-cache-info"))) {
            words.remove("l3-cache"); // the host's caches stand for all
        }
        return words;
    }

    /** QEMU reads a frequency with a unit as well. */
    private static String setting(String text) {
        if (text.matches("[0-9.]+[kMG]")) {
            long unit = switch (text.charAt(text.length() - 1)) {
                case 'k' -> 1_000;
                case 'M' -> 1_000_000;
                default -> 1_000_000_000;
            };
            return String.valueOf(Math.round(Double.parseDouble(text.substring(0, text.length() - 1)) * unit));
        }
        try {
            return String.valueOf(Long.decode(text));
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
