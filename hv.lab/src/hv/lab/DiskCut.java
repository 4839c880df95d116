package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The guest's process is killed in a storm of writes that are flushed, ten times. */
final class DiskCut implements Scenario {
    private static final int CUTS = 10;

    @Override
    public String name() {
        return "disk-cut";
    }

    @Override
    public int limitSeconds() {
        return 1_500;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("disk");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        List<String> cuts = new GuestReport(own).values("cut");
        boolean isAllThere = cuts.size() == CUTS && cuts.stream().allMatch(cut -> cut.endsWith(" lost 0"));
        return List.of(Row.of(
                name(),
                "what the guest was told is durable is there after each of %d cuts".formatted(CUTS),
                isAllThere,
                cuts.isEmpty() ? own.lastWords() : String.join("; ", cuts)));
    }
}
