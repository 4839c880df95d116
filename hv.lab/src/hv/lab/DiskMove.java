package hv.lab;

import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stock Linux with its root on a disk is saved under load, and continued in another process. */
final class DiskMove implements Scenario {
    @Override
    public String name() {
        return "disk-move";
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
        return DiskChecks.of(name(), own);
    }
}
