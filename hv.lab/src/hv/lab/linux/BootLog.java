package hv.lab.linux;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a kernel's log that depend on Hyper-V and on time, made comparable: what differs between two boots of
 * the same machine, such as frequencies and addresses, becomes {@code #}. A line that shows a CPUID register becomes a
 * line for each bit that is set in it, so that each bit is a difference of its own. Order does not count.
 *
 * @param lines comparable lines
 */
public record BootLog(Set<String> lines) {
    private static final Pattern RELATED = Pattern.compile(
            "hyper-?v|hypervisor|clocksource|\\btsc\\b|spinlocks|paravirtualized|IPI hypercalls",
            Pattern.CASE_INSENSITIVE);

    /** Figures that follow from the frequency of a clock that is measured. */
    private static final Pattern FROM_FREQUENCY = Pattern.compile("(?<=max_cycles: |max_idle_ns: )(?:0x)?[0-9a-f]+");

    private static final Pattern MEGAHERTZ = Pattern.compile("\\d+\\.\\d+ MHz");
    private static final Pattern COMMAND_LINE = Pattern.compile("^(Kernel )?[Cc]ommand line");

    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-f]{1,8}");

    /** Leaves 0x40000003 and 0x40000004 as arch/x86/kernel/cpu/mshyperv.c prints them. */
    private static final Pattern PRIVILEGES = Pattern.compile(
            "^Hyper-V: privilege flags (low) (\\S+), (high) (\\S+), (?:ext \\S+, )?(hints) (\\S+), (misc) (\\S+)$");

    private static final Pattern NESTED = Pattern.compile("^Hyper-V: (Nested features): (\\S+)$");

    /** Makes the set its own and sorts it. */
    public BootLog {
        lines = new TreeSet<>(lines);
    }

    /** Reads a log without time stamps. */
    public static BootLog of(Collection<String> log) {
        Set<String> lines = new TreeSet<>();
        for (String line : log) {
            if (RELATED.matcher(line).find() && !COMMAND_LINE.matcher(line).find()) {
                add(comparable(line), lines);
            }
        }
        return new BootLog(lines);
    }

    private static void add(String line, Set<String> lines) {
        for (Pattern pattern : List.of(PRIVILEGES, NESTED)) {
            Matcher registers = pattern.matcher(line);
            if (registers.matches()) {
                for (int group = 1; group < registers.groupCount(); group += 2) {
                    addBits(registers.group(group), registers.group(group + 1), lines);
                }
                return;
            }
        }
        lines.add(line);
    }

    private static void addBits(String register, String hexadecimal, Set<String> lines) {
        if (!HEXADECIMAL.matcher(hexadecimal).matches()) {
            lines.add("Hyper-V: %s %s".formatted(register, hexadecimal));
            return;
        }
        int value = Integer.parseUnsignedInt(hexadecimal.substring(2), 16);
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            if ((value >>> bit & 1) != 0) {
                lines.add("Hyper-V: %s, bit %d".formatted(register, bit));
            }
        }
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
