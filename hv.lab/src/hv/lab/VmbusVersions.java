package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A stock Linux takes its drivers out and puts them in again, with each version of the protocol that it knows. */
final class VmbusVersions implements Scenario {
    private static final List<String> VERSIONS = List.of("2.4", "3.0", "4.0", "4.1", "5.0", "5.1", "5.2", "5.3");

    private static final Pattern COUNTS = Pattern.compile("\\S+ agreed (\\S+) open ([1-9]\\d?) of ([1-9]\\d?)");

    @Override
    public String name() {
        return "vmbus-versions";
    }

    @Override
    public int limitSeconds() {
        return 300;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("vmbus");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        List<Row> rows = new ArrayList<>();
        for (String version : VERSIONS) {
            String[] parts = version.split("\\.");
            String asked = "0x%d000%s".formatted(Integer.parseInt(parts[0]), parts[1]);
            String said = report.values("version").stream()
                    .filter(line -> line.startsWith(asked + " "))
                    .findFirst()
                    .orElse("it does not come to that");
            rows.add(Row.of(name(), "the drivers come back with " + version, isBound(version, said), said));
        }
        List<String> stuck = report.values("not");
        rows.add(Row.of(name(), "they can be taken out", stuck.isEmpty(), String.join("; ", stuck)));
        String trouble = report.value("trouble").orElse("not said");
        rows.add(Row.of(name(), "lockups, RCU stalls, kernel bugs", trouble.equals("0"), trouble));
        return rows;
    }

    /** Linux does not freeze file systems for hosts before 3.0 (hv_vss_init): one service may be missing there. */
    private static boolean isBound(String version, String said) {
        Matcher counts = COUNTS.matcher(said);
        if (!counts.matches() || !counts.group(1).equals(version)) {
            return false;
        }
        int missing = Integer.parseInt(counts.group(3)) - Integer.parseInt(counts.group(2));
        return missing == 0 || missing == 1 && version.equals(VERSIONS.get(0));
    }
}
