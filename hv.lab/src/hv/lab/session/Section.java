package hv.lab.session;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What level 1 printed while one scenario ran.
 *
 * @param name the scenario's
 * @param begun when its first marker arrived, seconds since the session's start on this machine's clock
 * @param lines what came after it, in order
 * @param status exit status of the scenario's script, 137 if it was ended because its time was over; empty if the
 *     session ended before it
 * @param seconds how long it took, on level 1's clock; 0 if it did not end
 */
public record Section(String name, double begun, List<Line> lines, OptionalInt status, double seconds) {
    /**
     * A line.
     *
     * @param arrived seconds since the session's start
     */
    public record Line(double arrived, String text) {}

    /** Copies the list. */
    public Section {
        lines = List.copyOf(lines);
    }

    /** The exit status of a script that was killed. */
    private static final int KILLED = 137;

    /**
     * Whether it came to its own end: neither did the session end before it, nor was it ended because its time was
     * over.
     */
    public boolean isEnded() {
        return status.isPresent() && status.getAsInt() != KILLED;
    }

    /** The lines' text. */
    public Stream<String> texts() {
        return lines.stream().map(Line::text);
    }

    /** The first line in which {@code pattern} is found. */
    public Optional<Line> first(Pattern pattern) {
        return lines.stream()
                .filter(line -> pattern.matcher(line.text()).find())
                .findFirst();
    }

    /** All places where {@code pattern} is found, at most one a line. */
    public Stream<Matcher> matches(Pattern pattern) {
        return texts().map(pattern::matcher).filter(Matcher::find);
    }

    /** From the first line with {@code text} on; without lines if there is none. */
    public Section from(String text) {
        return with(
                lines.stream().dropWhile(line -> !line.text().contains(text)).toList());
    }

    /** Up to the first line with {@code text}, without it. */
    public Section until(String text) {
        return with(
                lines.stream().takeWhile(line -> !line.text().contains(text)).toList());
    }

    private Section with(List<Line> some) {
        return new Section(name, begun, some, status, seconds);
    }

    /** The last line that says something, for a failure whose reason is not known. */
    public String lastWords() {
        return texts().filter(text -> !text.isBlank()).reduce((a, b) -> b).orElse("it said nothing");
    }
}
