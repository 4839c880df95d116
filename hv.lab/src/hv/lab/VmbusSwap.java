package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.linux.Heartbeats;
import hv.lab.linux.StormChecks;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** The bus and the services on it replaced under a stock Linux, 10 times each, with their channels open. */
final class VmbusSwap implements Scenario {
    /** As in its script. */
    private static final List<String> SWAPPED = List.of("heartbeat", "shutdown", "timesync", "vmbus");

    private static final int TIMES = 10;

    @Override
    public String name() {
        return "vmbus-swap";
    }

    @Override
    public int limitSeconds() {
        return 400;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("vmbus");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        List<Row> rows = new ArrayList<>();
        for (String name : SWAPPED) {
            Pattern row = Pattern.compile("\\bswap +" + name + " .* (\\d+) +\\d+ +took over");
            long[] pauses = own.matches(row)
                    .mapToLong(found -> Long.parseLong(found.group(1)))
                    .toArray();
            rows.add(Row.of(
                    name(),
                    name + " is replaced " + TIMES + " times",
                    pauses.length == TIMES,
                    pauses.length == 0
                            ? "never"
                            : "%d times, pause %d us at most"
                                    .formatted(
                                            pauses.length,
                                            LongStream.of(pauses).max().orElse(0))));
        }
        rows.add(new Heartbeats(own).goOn(name(), "the guest answers all the while"));
        rows.addAll(new StormChecks(name(), new GuestReport(own)).rows());
        return rows;
    }
}
