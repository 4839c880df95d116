package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A text with flags, read. What the flags mean is not looked at: that is {@link hv.api.host.Hypervisor#check}.
 * Immutable.
 *
 * @param syntax how it was written
 * @param flags the flags in it, those that are not Hyper-V's included
 * @param problems what is wrong with the way it was written, or around the flags, and is worth knowing
 */
public record FlagText(Syntax syntax, Flags flags, List<Problem> problems) {
    /** Copies the list and checks for nulls. */
    public FlagText {
        Objects.requireNonNull(syntax, "syntax");
        Objects.requireNonNull(flags, "flags");
        problems = List.copyOf(problems);
    }

    /**
     * Finds out which syntax a text is in, and reads it: XML is a libvirt domain, lines that begin with {@code args:},
     * {@code cpu:} or {@code ostype:} are Proxmox's, what has a word {@code -cpu} is a command line, and everything
     * else is flags.
     *
     * @throws UnusableTextException if it cannot be read, with one line that says why
     */
    public static FlagText of(String text) throws UnusableTextException {
        if (text.length() > TextSource.MAX_BYTES) {
            throw new UnusableTextException("the text is longer than %d MiB".formatted(TextSource.MAX_BYTES >> 20));
        }
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t') {
                throw new UnusableTextException(
                        "there is a control character (0x%02x), so it is no text".formatted((int) c));
            }
        }
        for (Syntax syntax : Syntax.values()) {
            Optional<Reading> reading = syntax.format().read(plain);
            if (reading.isPresent()) {
                return new FlagText(syntax, reading.get().flags(), reading.get().problems());
            }
        }
        throw new IllegalStateException("a text is an argument if nothing else");
    }
}
