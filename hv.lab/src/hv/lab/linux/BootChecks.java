package hv.lab.linux;

import hv.lab.report.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What has to hold in a Linux guest that found Hyper-V: its log, its clocks, its timers, and what {@code storm} saw.
 * The names and lines are those of Linux 6.1: arch/x86/kernel/cpu/mshyperv.c, arch/x86/hyperv,
 * drivers/clocksource/hyperv_timer.c. For one thread.
 */
public final class BootChecks {
    private static final String CLOCKSOURCE = "hyperv_clocksource_tsc_page";
    private static final String CLOCKEVENT = "Hyper-V clockevent";

    /** Timer interrupts of stimer0 in direct mode. */
    private static final String TIMER_ROW = "HVS";

    /** What the kernel says when something that it was offered does not work. */
    private static final Pattern COMPLAINT =
            Pattern.compile("hyper-?v.*(fail|error|\\bbug\\b|not available|invalid|unable)", Pattern.CASE_INSENSITIVE);

    private static final List<String> LOG_LINES = List.of(
            "Hypervisor detected: Microsoft Hyper-V",
            "Hyper-V: privilege flags low",
            "Hyper-V: Host Build",
            "Hyper-V: LAPIC Timer Frequency",
            "Hyper-V: Using hypercall for remote TLB flush",
            "Hyper-V: Using IPI hypercalls",
            "Booting paravirtualized kernel on Hyper-V",
            "clocksource: Switched to clocksource " + CLOCKSOURCE);

    private static final double SLEEP_SECONDS = 2;

    /** Lines are delayed on their way here. */
    private static final double SLEEP_TOLERANCE_SECONDS = 0.5;

    private final String scenario;
    private final GuestReport report;
    private final int smp;
    private final List<Row> rows = new ArrayList<>();

    /** Checks of a guest with {@code smp} processors. */
    public BootChecks(String scenario, GuestReport report, int smp) {
        this.scenario = scenario;
        this.report = report;
        this.smp = smp;
    }

    /** All of them. */
    public List<Row> rows() {
        rows.clear();
        OptionalDouble shell = report.secondsTo("shell");
        check("boots to its shell", shell.isPresent(), report.timeToShell());
        if (shell.isEmpty()) {
            return List.copyOf(rows);
        }
        equal("processors", String.valueOf(smp), report.value("cpus"));
        log();
        clocks();
        timerInterrupts();
        storm();
        equal("lockups, RCU stalls, kernel bugs", "0", report.value("trouble"));
        equal("comes to its end", "boot", report.value("done"));
        return List.copyOf(rows);
    }

    private void log() {
        List<String> log = report.log();
        for (String expected : LOG_LINES) {
            Optional<String> line =
                    log.stream().filter(one -> one.startsWith(expected)).findFirst();
            check(
                    "log: " + expected,
                    line.isPresent(),
                    line.map(one -> one.substring(expected.length())
                                    .replaceFirst("^:", "")
                                    .strip())
                            .orElse("no such line"));
        }
        List<String> complaints =
                log.stream().filter(line -> COMPLAINT.matcher(line).find()).toList();
        check("log: no complaint about Hyper-V", complaints.isEmpty(), String.join("; ", complaints));
    }

    private void clocks() {
        equal("current clocksource", CLOCKSOURCE, report.value("clocksource"));
        List<String> events = report.values("clockevent");
        boolean holds = events.size() == smp
                && IntStream.range(0, smp).allMatch(cpu -> events.contains(cpu + " " + CLOCKEVENT));
        check("clockevent on every processor", holds, String.join(", ", events));
        List<Double> ends = report.values("sleep end").isEmpty()
                ? List.of()
                : List.of(
                        report.secondsTo("sleep begin").orElse(0),
                        report.secondsTo("sleep end").orElse(0));
        if (ends.isEmpty()) {
            check("a sleep of 2 s", false, "it did not end");
            return;
        }
        double slept = ends.get(1) - ends.get(0);
        check(
                "a sleep of 2 s, seen from outside",
                Math.abs(slept - SLEEP_SECONDS) <= SLEEP_TOLERANCE_SECONDS,
                seconds(slept));
    }

    private void timerInterrupts() {
        long[] before = report.interrupts("before", TIMER_ROW);
        long[] after = report.interrupts("after", TIMER_ROW);
        boolean rises = before.length == smp
                && after.length == smp
                && IntStream.range(0, smp).allMatch(cpu -> after[cpu] > before[cpu]);
        check("timer interrupts (HVS) rise on every processor", rises, text(before) + " to " + text(after));
        long[] local = report.interrupts("after", "LOC");
        check(
                "no interrupt of the local APIC's timer",
                local.length == smp && Arrays.stream(local).sum() == 0,
                text(local));
    }

    private void storm() {
        if (report.values("storm run").isEmpty()) {
            rows.add(Row.skipped(scenario, "storm", "there is no C compiler; install the packages gcc and libc6-dev"));
            return;
        }
        number("pages exchanged under other processors", "run", "exchanges", 1, Long.MAX_VALUE);
        number("stale translations used", "run", "stale", 0, 0);
        number("CLOCK_MONOTONIC went back between processors", "run", "backwards", 0, 0);
        number("wake-ups between processors that went wrong", "ping", "wrong", 0, 0);
        number("timers that were early", "sleep", "early", 0, 0);
        number("the latest timer, in microseconds", "sleep", "worst_late_us", 0, 500_000);
    }

    private void number(String what, String command, String name, long least, long most) {
        Optional<Long> number = report.storm(command, name);
        boolean holds = number.isPresent() && number.get() >= least && number.get() <= most;
        check(what, holds, number.map(String::valueOf).orElse("not said"));
    }

    private void equal(String what, String expected, Optional<String> value) {
        check(what, value.equals(Optional.of(expected)), value.orElse("not said"));
    }

    private void check(String what, boolean holds, String value) {
        rows.add(Row.of(scenario, what, holds, value));
    }

    private static String text(long... counts) {
        return counts.length == 0
                ? "none"
                : Arrays.stream(counts).mapToObj(String::valueOf).collect(Collectors.joining("/"));
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }
}
