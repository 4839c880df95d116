package hv.lab;

import hv.lab.report.Row;
import hv.lab.report.Table;
import hv.lab.rig.Rig;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        try (Rig rig = Rig.build(options, places, flags)) {
            List<Row> leftOut = new ArrayList<>();
            List<Scenario> scenarios = new ArrayList<>();
            for (Scenario scenario : Scenarios.chosen(options)) {
                Optional<String> why = scenario.whyLeftOut(rig);
                if (why.isPresent()) {
                    leftOut.add(Row.skipped(scenario.name(), "all of it", why.get()));
                } else {
                    scenarios.add(scenario);
                }
            }
            Map<String, Section> sections = new Sessions(options, places, rig, flags).run(scenarios);
            List<Row> rows = new ArrayList<>();
            scenarios.forEach(scenario -> rows.addAll(judge(scenario, sections)));
            rows.addAll(leftOut);
            Table table = new Table(rows);
            if (table.sum().failed() > 0) {
                System.err.println("hv lab: all that was printed inside is in " + rig.sessions());
            }
            return table;
        }
    }

    private static List<Row> judge(Scenario scenario, Map<String, Section> sections) {
        Section own = sections.get(scenario.name());
        if (own == null || !own.isEnded()) {
            String value = own == null
                    ? "it was not come to"
                    : (own.status().isPresent() ? "its time was over" : "the session ended before it")
                            + "; its last words: " + own.lastWords();
            return List.of(Row.of(scenario.name(), "comes to its end", false, value));
        }
        Map<String, Section> ended = new LinkedHashMap<>(sections);
        ended.values().removeIf(section -> !section.isEnded());
        return scenario.judge(own, ended);
    }

    static void say(String what) {
        if (System.console() != null && System.console().isTerminal()) {
            System.err.println("hv lab: " + what);
        }
    }
}
