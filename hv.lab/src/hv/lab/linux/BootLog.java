package hv.lab.linux;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The lines of a kernel's log that depend on Hyper-V and on time, made comparable: what differs between two boots of the same machine, such
 * as frequencies and addresses, becomes {@code #}. Order does not count.
 *
 * @param lines comparable lines
 */
public record BootLog(Set<String> lines) {
    private static final Pattern RELATED = Pattern.compile(
            "hyper-?v|hypervisor|clocksource|\\btsc\\b|spinlocks|paravirtualized|IPI hypercalls",
            Pattern.CASE_INSENSITIVE);

    /** Of a clock that is measured, these follow from its frequency. */
    private static final Pattern FROM_FREQUENCY = Pattern.compile("(?<=max_cycles: |max_idle_ns: )(?:0x)?[0-9a-f]+");

    private static final Pattern MEGAHERTZ = Pattern.compile("\\d+\\.\\d+ MHz");
    private static final Pattern COMMAND_LINE = Pattern.compile("^(Kernel )?[Cc]ommand line");

    /** Makes the set its own and sorts it. */
    public BootLog {
        lines = new TreeSet<>(lines);
    }

    /** Of a log without time stamps. */
    public static BootLog of(Collection<String> log) {
        Set<String> lines = new TreeSet<>();
        for (String line : log) {
            if (RELATED.matcher(line).find() && !COMMAND_LINE.matcher(line).find()) {
                lines.add(comparable(line));
            }
        }
        return new BootLog(lines);
    }

    private static String comparable(String line) {
        String text = MEGAHERTZ.matcher(line.strip()).replaceAll("# MHz");
        // The numbers of the Hyper-V clocksource are fixed: it has 10 MHz by definition.
        return text.toLowerCase(Locale.ROOT).contains("tsc-early") || text.startsWith("clocksource: tsc")
                ? FROM_FREQUENCY.matcher(text).replaceAll("#")
                : text;
    }

    /** Lines that this one has and the other has not. */
    public Set<String> without(BootLog other) {
        Set<String> own = new TreeSet<>(lines);
        own.removeAll(other.lines);
        return own;
    }
}
