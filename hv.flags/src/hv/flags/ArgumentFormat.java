package hv.flags;

import hv.api.Flags;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The argument of QEMU's {@code -cpu} itself, perhaps on several lines, some of them comments: words between commas, of
 * which one at least is a Hyper-V flag, has a sign, or is a model or a property of a CPU that QEMU knows.
 */
final class ArgumentFormat implements Format {
    private static final Pattern LINES = Pattern.compile("\\R");
    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*");
    private static final Pattern FLAG = Pattern.compile("[+-]?(x-)?hv[-_].*|[+-][\\w.-]+");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?\\w+\\}?");
    private static final Pattern MODEL = Pattern.compile(
            "host|max|base|(qemu|kvm)(32|64)|486|pentium[23]?|athlon|phenom|n270|core(2)?duo|Conroe|Penryn|Dhyana|YongFeng|Opteron_G\\d"
                    + "|(Nehalem|Westmere|SandyBridge|IvyBridge|Haswell|Broadwell|Skylake|Cascadelake|Cooperlake|Icelake|SapphireRapids"
                    + "|GraniteRapids|DiamondRapids|SierraForest|ClearwaterForest|Snowridge|Denverton|KnightsMill|EPYC|Conroe|Penryn|x86-64-v\\d)"
                    + "(-[\\w-]+)?");
    private static final Pattern PROPERTY = Pattern.compile(
            "(kvm|hypervisor|migratable|pmu|vmx|svm|enforce|check|invtsc|tsc-freq(uency)?|topoext|vendor|family|model|stepping|level|xlevel"
                    + "|host-phys-bits|phys-bits|l3-cache|host-cache-info|model-id|x2apic|pcid|kvmclock|kvm[-_][a-z_-]+)(=.*)?");

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        if (text.isBlank()) {
            return Optional.of(new Reading(Flags.NONE, List.of())); // somebody says that there are none
        }
        StringBuilder argument = new StringBuilder();
        for (String line : LINES.split(text)) {
            String words = COMMENT.matcher(line).replaceFirst("").strip();
            if (!words.isEmpty() && !words.startsWith("```")) {
                argument.append(argument.isEmpty() ? "" : ",").append(words);
            }
        }
        String all = argument.toString();
        FlagGrammar.requireBounded(all);
        if (!isArgument(all)) {
            requireKnown(all);
            return Optional.empty();
        }
        Flags flags = FlagGrammar.bounded(all);
        Reading reading = Surroundings.ofFlags(flags);
        Literally.blank(all).ifPresent(reading::problem);
        return Optional.of(reading);
    }

    /** Flags with a part that only a shell knows. */
    private static void requireKnown(String argument) throws UnusableTextException {
        Matcher variable = VARIABLE.matcher(argument);
        if (!variable.find()) {
            return;
        }
        String name = Shown.of(variable.group(), Shown.WORD);
        if (isArgument(variable.replaceAll("x"))) {
            throw new UnusableTextException(
                    "what %s stands for is not known here; write its value instead of %s".formatted(name, name));
        }
    }

    private static boolean isArgument(String argument) {
        List<String> words = Stream.of(argument.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
        boolean isMeant = words.stream()
                        .anyMatch(word -> FLAG.matcher(word).matches()
                                || PROPERTY.matcher(word).matches())
                || !words.isEmpty() && MODEL.matcher(words.get(0)).matches();
        return isMeant && words.stream().allMatch(ArgumentFormat::isWord);
    }

    /** A name has no blanks inside; what stands behind its {@code =} may have. */
    private static boolean isWord(String word) {
        return word.split("=", 2)[0]
                .strip()
                .chars()
                .noneMatch(c -> Character.isWhitespace(c) || "{}<>()\"'`;:$|".indexOf(c) >= 0);
    }

    @Override
    public Written write(Flags flags) {
        return new Written(flags.toString(), List.of());
    }
}
