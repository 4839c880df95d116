package hv.lab;

import hv.lab.report.Row;
import hv.lab.report.Row.Counts;
import hv.lab.report.Table;
import hv.lab.rig.Places;
import hv.lab.rig.Rig;
import hv.lab.rig.UnusableException;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One run of the lab: builds the rig, runs the scenarios, judges what they printed. For one thread. */
final class Lab {
    private final LabOptions options;
    private final Places places;

    Lab(LabOptions options, Places places) {
        this.options = options;
        this.places = places;
    }

    /** What has to hold, and whether it does. */
    Table run() throws UnusableException, InterruptedException {
        List<String> flags = List.of(System.getProperty("hv.flags", "").split(" "));
        say("building the rig in " + options.cache());
        List<Scenario> chosen = Scenarios.chosen(options);
        Set<String> archives =
                chosen.stream().flatMap(scenario -> scenario.archive().stream()).collect(Collectors.toSet());
        try (Rig rig = Rig.build(options.cache(), options.kernel(), archives, places, flags)) {
            List<Row> leftOut = new ArrayList<>();
            List<Scenario> scenarios = new ArrayList<>();
            for (Scenario scenario : chosen) {
                Optional<String> why = scenario.whyLeftOut(rig);
                if (why.isPresent()) {
                    leftOut.add(Row.skipped(scenario.name(), "all of it", why.get()));
                } else {
                    scenarios.add(scenario);
                }
            }
            Sessions sessions = new Sessions(options, places, rig, flags);
            sessions.discard();
            Map<String, Section> sections = new LinkedHashMap<>();
            List<Row> rows = new ArrayList<>();
            for (Scenario scenario : scenarios) {
                rows.addAll(run(scenario, sessions, sections));
            }
            rows.addAll(leftOut);
            Table table = new Table(rows);
            if (table.sum().failed() > 0) {
                System.err.println("hv lab: all that was printed inside is in " + rig.sessions());
            }
            return table;
        }
    }

    /**
     * A scenario that fails is run once more, and what failed at first stands in the table: the emulator is not as
     * reliable as hardware, as {@link Scenario#outerProcessors} tells.
     */
    private static List<Row> run(Scenario scenario, Sessions sessions, Map<String, Section> sections)
            throws UnusableException, InterruptedException {
        List<Row> rows = attempt(scenario, 1, sessions, sections);
        List<Row> failed = rows.stream().filter(Row::isFailed).toList();
        if (failed.isEmpty()) {
            return rows;
        }
        List<Row> again = new ArrayList<>(attempt(scenario, 2, sessions, sections));
        failed.forEach(row -> again.add(
                new Row(scenario.name(), "in a first attempt: " + row.what(), "failed: " + row.value(), Counts.NONE)));
        return again;
    }

    private static List<Row> attempt(Scenario scenario, int attempt, Sessions sessions, Map<String, Section> sections)
            throws UnusableException, InterruptedException {
        Optional<Section> own = sessions.run(scenario, attempt);
        if (own.isEmpty() || !own.get().isEnded()) {
            String value = own.map(section -> "no end; its last words: " + section.lastWords())
                    .orElse("it was not come to");
            return List.of(Row.of(scenario.name(), "comes to its end", false, value));
        }
        sections.put(scenario.name(), own.get());
        return scenario.judge(own.get(), Map.copyOf(sections));
    }

    static void say(String what) {
        if (System.console() != null && System.console().isTerminal()) {
            System.err.println("hv lab: " + what);
        }
    }
}
