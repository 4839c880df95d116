package hv.lab;

import hv.lab.linux.FreezeChecks;
import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stock Linux with Debian's programs for key-value pairs and for freezing, which live, stall and die. */
final class VmbusDaemons implements Scenario {
    @Override
    public String name() {
        return "vmbus-daemons";
    }

    @Override
    public int limitSeconds() {
        return 900;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("daemons");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        List<Row> rows = new ArrayList<>();
        rows.add(told(own, report));
        String given = report.value("given").orElse("none");
        rows.add(Row.of(name(), "a value of the host's is in the guest's file", given.equals("web"), given));
        rows.addAll(new FreezeChecks(name(), own).rows());
        rows.add(new Shutdowns(own).soon(name(), 2));
        List<String> trouble = report.values("trouble");
        rows.add(Row.of(
                name(), "lockups, RCU stalls, kernel bugs", trouble.equals(List.of("0", "0")), trouble.toString()));
        return rows;
    }

    /** What the guest's init says that it is, and what the host was told. */
    private Row told(Section own, GuestReport report) {
        List<String> wanted = report.values("own").stream()
                .map(pair -> pair.replaceFirst(" ", ": "))
                .toList();
        List<String> missing = wanted.stream()
                .filter(line -> own.texts().noneMatch(text -> text.contains(line)))
                .toList();
        return Row.of(
                name(),
                "hv:kvp shows system, versions, name and address",
                !wanted.isEmpty() && missing.isEmpty(),
                missing.isEmpty() ? String.join("; ", wanted) : "missing: " + String.join("; ", missing));
    }
}
