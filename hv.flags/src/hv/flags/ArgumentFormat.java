package hv.flags;

import hv.api.Flags;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The argument of QEMU's {@code -cpu} itself, perhaps on several lines, some of them comments. Takes every text for
 * one.
 */
final class ArgumentFormat implements Format {
    private static final Pattern LINES = Pattern.compile("\\R");

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        StringBuilder argument = new StringBuilder();
        for (String line : LINES.split(text)) {
            String words = line.strip();
            if (!words.isEmpty() && !words.startsWith("#")) {
                argument.append(argument.isEmpty() ? "" : ",").append(words);
            }
        }
        Flags flags = FlagGrammar.bounded(argument.toString());
        return Optional.of(new Reading(flags, Surroundings.ofFlags(flags)));
    }

    @Override
    public Written write(Flags flags) {
        return new Written(flags.toString(), List.of());
    }
}
