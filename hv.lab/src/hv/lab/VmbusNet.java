package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A stock Linux moves data over its network adapter in both directions, while the adapter is replaced. */
final class VmbusNet implements Scenario {
    /** As in its script. */
    private static final String BYTES = "6291456";

    private static final int LEAST_SWAPS = 100;

    @Override
    public String name() {
        return "vmbus-net";
    }

    @Override
    public int limitSeconds() {
        return 500;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("net");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        List<Row> rows = new ArrayList<>();
        GuestReport report = new GuestReport(own);
        List<String> sums = report.values("sum");
        String sent = sums.stream()
                .filter(sum -> sum.startsWith("sent "))
                .map(sum -> sum.substring("sent ".length()))
                .findFirst()
                .orElse("nothing");
        rows.add(Row.of(
                name(),
                "the guest comes to its end",
                report.value("done").equals(Optional.of("net")),
                own.lastWords()));
        rows.add(Row.of(
                name(),
                "its adapter has the address that was asked for",
                report.value("mac").equals(Optional.of("52:54:00:09:00:02")),
                report.value("mac").orElse("none")));
        for (String time : List.of("1", "2")) {
            said(rows, sums, "pulled " + time + " " + sent + " " + BYTES, "to the guest: every byte, time " + time);
        }
        for (String port : List.of("6001", "6002")) {
            said(rows, sums, "arrived " + port + " " + sent, "from the guest: every byte, port " + port);
        }
        long swaps = own.matches(Pattern.compile("\\bswap +net0 .*took over")).count();
        rows.add(Row.of(name(), "the adapter is replaced meanwhile", swaps >= LEAST_SWAPS, swaps + " times"));
        rows.add(Row.of(
                name(),
                "lockups, RCU stalls, kernel bugs",
                report.value("trouble").equals(Optional.of("0")),
                report.value("trouble").orElse("not said")));
        return rows;
    }

    private void said(List<Row> rows, List<String> sums, String wanted, String what) {
        rows.add(Row.of(name(), what, sums.contains(wanted), sums.contains(wanted) ? BYTES : "not so: " + sums));
    }
}
