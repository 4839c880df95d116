package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** A stock Linux with its root on a disk, under load, while the controller is replaced five times a second. */
final class Disk implements Scenario {
    private static final int LEAST_SWAPS = 100;

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public int limitSeconds() {
        return 900;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("disk");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        List<Row> rows = new ArrayList<>();
        String first = report.values("disk").stream()
                .filter(line -> line.startsWith("sda "))
                .findFirst()
                .orElse("there is none");
        boolean isKnown = first.contains("Msft Virtual Disk")
                && first.contains("blocks 196608")
                && first.contains("cache write-back fua 1")
                && !first.contains("discard 0")
                && first.contains("rotational 0");
        rows.add(Row.of(name(), "the kernel knows the disk for what it is", isKnown, first));
        String root = report.value("root").orElse("not said");
        rows.add(Row.of(name(), "its root is on the disk", root.equals("/dev/sda ext4"), root));
        rows.addAll(DiskChecks.of(name(), own));
        Pattern row = Pattern.compile("\\bswap +storvsc .* (\\d+) +\\d+ +took over");
        long[] pauses = own.matches(row)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .toArray();
        rows.add(Row.of(
                name(),
                "the controller is replaced %d times or more".formatted(LEAST_SWAPS),
                pauses.length >= LEAST_SWAPS,
                "%d times, pause %d us at most"
                        .formatted(pauses.length, LongStream.of(pauses).max().orElse(0))));
        return rows;
    }
}
