package hv.fuzz.file;

import hv.fuzz.target.Effort;
import hv.fuzz.target.Target;
import hv.launcher.options.RunOptions;
import java.nio.charset.StandardCharsets;

/**
 * A command line of {@code run}, a word a line. Has to hold: it is understood, or refused with one line that a terminal
 * can show.
 */
public final class CommandTarget implements Target {
    private static final int MOST_MILLIS = 500;
    private static final int MOST_BYTES = 16 << 20;

    private final Effort effort = new Effort();

    @Override
    public int run(byte[] input) {
        String[] words = new String(input, StandardCharsets.UTF_8).split("\n");
        effort.begin();
        try {
            RunOptions.parse(words);
        } catch (IllegalArgumentException e) {
            OneLine.check("refusal", e.getMessage());
        }
        effort.end("a command line of %d bytes".formatted(input.length), MOST_MILLIS, MOST_BYTES);
        return 1;
    }
}
