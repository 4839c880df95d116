package hv.lab.linux;

import hv.lab.session.Section;
import hv.lab.session.Section.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the Linux guest says about itself: lines {@code lab: KEY VALUE} of {@code inside/guest/init} and
 * {@code inside/storm.c}. In front of them there may be what a console printed. Immutable.
 */
public final class GuestReport {
    private static final Pattern SAID = Pattern.compile("lab: (.*)");

    /** How the kernel starts each line of its log. */
    private static final Pattern STAMP =
            Pattern.compile("^dmesg (?:<\\d+>)?\\[ *\\d+\\.\\d+\\](?:\\[[^\\]]*\\])? (.*)");

    /** A row of /proc/interrupts: its label, a number for each processor, its name. */
    private static final Pattern ROW = Pattern.compile("^interrupts (\\S+) +(\\S+): +((?:\\d+ +)+)");

    /** What hv says with -Dhv.start.report=true. */
    private static final Pattern LOADING = Pattern.compile("^loading\\b");

    private final Section section;
    private final List<Line> said = new ArrayList<>();

    /** Reads what a scenario printed. */
    public GuestReport(Section section) {
        this.section = section;
        for (Line line : section.lines()) {
            Matcher matcher = SAID.matcher(line.text());
            if (matcher.find()) {
                said.add(new Line(line.arrived(), matcher.group(1).strip()));
            }
        }
    }

    /** The first value of a key; empty if it was never said. */
    public Optional<String> value(String key) {
        return values(key).stream().findFirst();
    }

    /** All values of a key. */
    public List<String> values(String key) {
        return said.stream()
                .map(Line::text)
                .filter(text -> text.equals(key) || text.startsWith(key + " "))
                .map(text -> text.substring(key.length()).strip())
                .toList();
    }

    /** Seconds on this machine's clock from the scenario's start until a key was said first. */
    public OptionalDouble secondsTo(String key) {
        return said.stream()
                .filter(line -> line.text().startsWith(key))
                .mapToDouble(line -> line.arrived() - section.begun())
                .findFirst();
    }

    /** Seconds on the guest's clock, which starts with its kernel, until its shell was reached. */
    public OptionalDouble guestSecondsToShell() {
        return value("shell").filter(text -> text.matches("\\d{1,6}\\.\\d+")).stream()
                .mapToDouble(Double::parseDouble)
                .findFirst();
    }

    /**
     * Seconds on this machine's clock until its shell was reached, from when hv said that it makes the guest's machine.
     */
    public OptionalDouble secondsFromLoading() {
        Optional<Line> loading = section.first(LOADING);
        OptionalDouble shell = secondsTo("shell");
        return loading.isPresent() && shell.isPresent()
                ? OptionalDouble.of(shell.getAsDouble() - (loading.get().arrived() - section.begun()))
                : OptionalDouble.empty();
    }

    /** How long it took to the shell, for people; if it was not reached, the last that was said. */
    public String timeToShell() {
        OptionalDouble seconds = secondsTo("shell");
        return seconds.isEmpty()
                ? section.lastWords()
                : String.format(
                        Locale.ROOT,
                        "%.1f s, %s of them on the guest's clock",
                        seconds.getAsDouble(),
                        value("shell").orElse("?"));
    }

    /** The kernel's log as far as the guest showed it, without time stamps. */
    public List<String> log() {
        return said.stream()
                .map(line -> STAMP.matcher(line.text()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1).strip())
                .toList();
    }

    /**
     * Counts of an interrupt, one for each processor.
     *
     * @param when {@code before} or {@code after}
     * @param label as HVS
     */
    public long[] interrupts(String when, String label) {
        return said.stream()
                .map(line -> ROW.matcher(line.text() + " "))
                .filter(matcher -> matcher.find()
                        && matcher.group(1).equals(when)
                        && matcher.group(2).equals(label))
                .findFirst()
                .map(matcher -> Arrays.stream(matcher.group(3).strip().split(" +"))
                        .mapToLong(Long::parseLong)
                        .toArray())
                .orElse(new long[0]);
    }

    /**
     * A number that {@code storm} gave.
     *
     * @param command run, ping or sleep
     * @param name of the number
     */
    public Optional<Long> storm(String command, String name) {
        Pattern pattern = Pattern.compile("\\b" + name + " (\\d{1,18})\\b");
        return value("storm " + command)
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(matcher -> Long.parseLong(matcher.group(1)));
    }
}
