package hv.lab.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A boot is good if everything that has to hold in it holds")
class BootChecksTest {
    private static List<String> failed(Section section) {
        return new BootChecks("linux", new GuestReport(section), 2)
                .rows().stream()
                        .filter(row -> row.counts().failed() > 0)
                        .map(Row::what)
                        .toList();
    }

    @Test
    @DisplayName("A good boot")
    void good() {
        assertEquals(List.of(), failed(Sections.of("linux", Samples.BOOT)));
    }

    @Test
    @DisplayName("Times are those of arrival, from the start of the scenario")
    void times() {
        GuestReport report = new GuestReport(Sections.of("linux", Samples.BOOT));
        assertEquals(9.5, report.secondsTo("shell").orElseThrow());
        assertArrayEquals(new long[] {2010, 1877}, report.interrupts("after", "HVS"));
        assertEquals(9120, report.storm("run", "exchanges").orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Hyper-V: Using IPI hypercalls|Hyper-V: nothing|log: Hyper-V: Using IPI hypercalls",
                "lab: clocksource hyperv_clocksource_tsc_page|lab: clocksource tsc|current clocksource",
                "clockevent 1 Hyper-V clockevent|clockevent 1 lapic|clockevent on every processor",
                "HVS: 2010 1877|HVS: 2010 502|timer interrupts (HVS) rise on every processor",
                "after LOC: 0 0|after LOC: 12 0|no interrupt of the local APIC's timer",
                "stale 0|stale 3|stale translations used",
                "backwards 0|backwards 1|CLOCK_MONOTONIC went back between processors",
                "early 0|early 2|timers that were early",
                "+2.1 lab: sleep end|+3 lab: sleep end|a sleep of 2 s, seen from outside",
                "cpus 2|cpus 1|processors",
                "trouble 0|trouble 1|lockups, RCU stalls, kernel bugs",
                "done boot|panic|comes to its end",
                "Hyper-V: PV spinlocks disabled|Hyper-V: hypercall failed|log: no complaint about Hyper-V",
                "lab: shell 2.31|Kernel panic|boots to its shell",
            })
    @DisplayName("One thing that is wrong fails one check, which is named after it")
    void bad(String text, String other, String what) {
        assertEquals(List.of(what), failed(Samples.boot(text, other)));
    }

    @Test
    @DisplayName("Without a C compiler the storm was not looked at")
    void withoutStorm() {
        List<Row> rows = new BootChecks(
                        "linux",
                        new GuestReport(Sections.of("linux", Samples.BOOT.replaceAll("(?m)^lab: storm .*\\n", ""))),
                        2)
                .rows();
        assertEquals(1, rows.stream().mapToInt(row -> row.counts().skipped()).sum());
        assertEquals(0, rows.stream().mapToInt(row -> row.counts().failed()).sum());
    }
}
