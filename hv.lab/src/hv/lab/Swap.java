package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.linux.StormChecks;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Enlightenments replaced under a stock Linux, 20 times each. */
final class Swap implements Scenario {
    /** As in its script. */
    private static final List<String> SWAPPED = List.of("tlbflush", "ipi", "stimer", "time");

    private static final int TIMES = 20;

    @Override
    public String name() {
        return "swap";
    }

    @Override
    public int limitSeconds() {
        return 300;
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        List<Row> rows = new ArrayList<>();
        for (String id : SWAPPED) {
            Pattern row = Pattern.compile("\\bswap +" + id + " .* (\\d+) +\\d+ +took over");
            long[] pauses = own.matches(row)
                    .mapToLong(found -> Long.parseLong(found.group(1)))
                    .sorted()
                    .toArray();
            rows.add(Row.of(
                    name(),
                    "hv-" + id + " is replaced " + TIMES + " times",
                    pauses.length == TIMES,
                    pauses.length == 0
                            ? "never"
                            : "%d times, pause %d us at most"
                                    .formatted(
                                            pauses.length,
                                            LongStream.of(pauses).max().orElse(0))));
        }
        rows.addAll(new StormChecks(name(), new GuestReport(own)).rows());
        return rows;
    }
}
