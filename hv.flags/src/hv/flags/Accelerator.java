package hv.flags;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which accelerator QEMU takes for a command line. */
final class Accelerator {
    static final String KVM = "kvm";
    static final String TCG = "tcg";

    private static final Pattern OF_MACHINE = Pattern.compile("(?:^|,)accel=([\\w$]+)");
    private static final Pattern NAME = Pattern.compile("(?:accel=)?([\\w$]+).*", Pattern.DOTALL);

    private Accelerator() {}

    /** The one that is named; the first of several, since QEMU tries them in order. */
    static Optional<String> named(ShellWords line) {
        if (line.has("enable-kvm")) {
            return Optional.of(KVM);
        }
        List<String> options = line.options("accel");
        if (!options.isEmpty()) {
            Matcher name = NAME.matcher(options.get(0));
            return Optional.of(name.matches() ? name.group(1) : options.get(0));
        }
        for (String option : List.of("machine", "M")) {
            for (String value : line.options(option)) {
                Matcher name = OF_MACHINE.matcher(value);
                if (name.find()) {
                    return Optional.of(name.group(1));
                }
            }
        }
        return line.has("no-kvm") ? Optional.of(TCG) : Optional.empty();
    }

    /**
     * The one that QEMU takes if none is named: programs that are called so take KVM; empty if the line does not show
     * all options.
     */
    static Optional<String> byDefault(ShellWords line, String program) {
        if (program.endsWith("kvm")) {
            return Optional.of(KVM);
        }
        boolean isWhole = !program.isEmpty()
                && line.words().stream().allMatch(word -> word.unknown().isEmpty() || !isOptions(word))
                && !line.has("readconfig");
        return isWhole ? Optional.of(TCG) : Optional.empty();
    }

    /** Whether a word may stand for whole options, as {@code $OPTS} and {@code "${ARGS[@]}"} do. */
    private static boolean isOptions(ShellWord word) {
        return word.unknown().filter(word.text()::equals).isPresent();
    }
}
