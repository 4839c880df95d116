package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A text with flags, read. What the flags mean is not looked at: that is {@link hv.api.host.Hypervisor#check};
 * {@link #isSettled} says which of its remarks do not hold for this text. Immutable; any thread.
 */
public final class FlagText {
    private final Syntax syntax;
    private final Reading reading;

    private FlagText(Syntax syntax, Reading reading) {
        this.syntax = syntax;
        this.reading = reading;
    }

    /** Flags that were not read from a text. */
    public static FlagText of(Syntax syntax, Flags flags) {
        return new FlagText(Objects.requireNonNull(syntax, "syntax"), new Reading(flags, List.of()));
    }

    /**
     * Finds out which of {@link Syntax} a text is in, by its own marks, and reads it.
     *
     * @throws UnusableTextException if it has the marks of none, or cannot be read, with one line that says so
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
                return new FlagText(syntax, reading.get());
            }
        }
        throw Stranger.refusal(plain);
    }

    /** How it was written. */
    public Syntax syntax() {
        return syntax;
    }

    /** The flags in it, those that are not Hyper-V's included. */
    public Flags flags() {
        return reading.flags();
    }

    /** What is wrong with the way it was written, or around the flags, and is worth knowing. */
    public List<Problem> problems() {
        return reading.problems();
    }

    /** Lines that are to be said before all else: which of several guests was taken, what of the text counts. */
    public List<String> remarks() {
        return reading.remarks();
    }

    /** What flags cannot say of the guest, one line each: it is lost where the flags are written in another syntax. */
    public List<String> unsaid() {
        return reading.unsaid();
    }

    /**
     * What an older program would refuse.
     *
     * @param release of the program that reads this syntax, libvirt or QEMU
     */
    public List<Problem> tooNewFor(Release release) {
        return tooNewFor(release, flags());
    }

    /** The same of other flags that stand in the place of these. */
    public List<Problem> tooNewFor(Release release, Flags flags) {
        return reading.needs().stream()
                .filter(need -> need.concerns().test(flags))
                .filter(need -> need.since().compareTo(release) > 0)
                .map(need -> new Problem(
                        Severity.WILL_NOT_START,
                        need.flag(),
                        "version %s does not know %s, which is there since %s"
                                .formatted(release, need.what(), need.since()),
                        "leave it out",
                        need.flag().isEmpty() ? "" : need.flag() + "=off"))
                .toList();
    }

    /** What becomes of the flags because of what stands around them. */
    public Effect effect() {
        return reading.effect();
    }

    /** Whether a remark on the flags alone does not hold, because of what stands around them here. */
    public boolean isSettled(Problem problem) {
        return reading.isSettled(problem);
    }

    /** Whether other flags can put right what is wrong; they cannot give a guest another processor or accelerator. */
    public boolean isCorrectable() {
        return reading.isCorrectable();
    }

    /**
     * Other flags for the same guest, in the same syntax; what stood around the flags stays, as far as it is written
     * along with them.
     */
    public Written write(Flags flags) {
        return reading.writer()
                .map(writer -> writer.apply(flags))
                .orElseGet(() -> syntax.format().write(flags));
    }
}
