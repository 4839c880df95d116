package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.linux.Heartbeats;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Devices replaced under a stock Linux that uses them: by updates, by newer bundles from files, by new objects. */
final class VmbusUpdate implements Scenario {
    /** As in its script. */
    private static final List<String> UPDATED = List.of("heartbeat", "timesync", "shutdown");

    private static final List<String> SWAPPED = List.of("kvp", "vss", "keyboard");
    private static final int TIMES = 10;
    private static final int KEYS = 3 * SWAPPED.size() * TIMES;

    @Override
    public String name() {
        return "vmbus-update";
    }

    @Override
    public int limitSeconds() {
        return 600;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("daemons");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        List<Row> rows = new ArrayList<>();
        for (String name : UPDATED) {
            Pattern updated =
                    Pattern.compile("\\b" + name + " +" + name + " +in place +hv\\." + name + " 0\\.1\\.1 .*open");
            boolean isNewer = own.matches(updated).findFirst().isPresent();
            rows.add(Row.of(name(), name + " is updated, with the channel open", isNewer, isNewer ? "" : "it is not"));
        }
        for (String name : SWAPPED) {
            rows.add(swapped(own, name));
        }
        String given = report.values("given").stream().reduce((a, b) -> b).orElse("none");
        rows.add(Row.of(name(), "the last value of many is in the guest's file", given.equals("last"), given));
        String keys = report.value("keys").orElse("not said");
        rows.add(Row.of(
                name(),
                "each key goes down and up once",
                keys.equals("pressed %d released %d wrong 0".formatted(KEYS, KEYS)),
                keys));
        String written = report.value("written").orElse("not said");
        rows.add(Row.of(name(), "all that was written is in the file", written.endsWith(" wrong 0"), written));
        rows.add(new Heartbeats(own).alive(name(), "the host sees that it is alive"));
        String trouble = report.value("trouble").orElse("not said");
        rows.add(Row.of(name(), "lockups, RCU stalls, kernel bugs", trouble.equals("0"), trouble));
        boolean isOrderly = report.values("orderly").stream().anyMatch(how -> how.startsWith("poweroff"));
        rows.add(Row.of(
                name(), "it powers itself off when it is asked to", isOrderly, isOrderly ? "" : own.lastWords()));
        return rows;
    }

    /** By a newer bundle once, then by new objects. */
    private Row swapped(Section own, String name) {
        Pattern row = Pattern.compile("\\bswap +" + name + " .* (\\d+) +\\d+ +took over");
        long[] pauses = own.matches(row)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .toArray();
        Pattern newer = Pattern.compile("\\bswap +" + name + " .*hv\\." + name + " 0\\.1\\.1 .*took over");
        boolean isNewer = own.matches(newer).findFirst().isPresent();
        return Row.of(
                name(),
                name + " is replaced by a newer one, and " + TIMES + " times more",
                isNewer && pauses.length == TIMES + 1,
                "%d times, pause %d us at most"
                        .formatted(pauses.length, LongStream.of(pauses).max().orElse(0)));
    }
}
