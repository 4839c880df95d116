package hv.lab;

import hv.lab.rig.Rig;
import hv.lab.rig.SessionImage;
import hv.lab.session.Section;
import hv.lab.session.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs each scenario in a life of level 1 of its own, and once more in another if it did not come to its end: the emulator stalls now and then,
 * and takes with it a guest or everything. A life of its own also makes times comparable, because the emulator gets slower with what has run
 * in it: memory that held code is slow to reuse. For one thread.
 */
final class Sessions {
    private static final int ATTEMPTS = 2;

    /** For the JVM, a guest with 256 MiB and, in memory, a file that holds it. */
    private static final int MEMORY_MIB = 1280;

    /** To level 1's first scenario, on a loaded machine. */
    private static final int START_SECONDS = 120;

    /** The second compiler's code would have to run for hours to be worth what it costs in an emulator; the report tells when a guest starts. */
    private static final String INSIDE_FLAGS = "-XX:TieredStopAtLevel=1 -Dhv.start.report=true";

    private static final double NANOS = 1e9;

    private final LabOptions options;
    private final Places places;
    private final Rig rig;
    private final List<String> javaFlags;
    private final long start = System.nanoTime();

    Sessions(LabOptions options, Places places, Rig rig, List<String> javaFlags) {
        this.options = options;
        this.places = places;
        this.rig = rig;
        this.javaFlags = List.copyOf(javaFlags);
    }

    /** What they printed, by name; one that is missing was not come to. */
    Map<String, Section> run(List<Scenario> scenarios) throws UnusableException, InterruptedException {
        Map<String, Section> sections = new LinkedHashMap<>();
        discard();
        for (Scenario scenario : scenarios) {
            run(scenario, sections);
        }
        return sections;
    }

    private void run(Scenario scenario, Map<String, Section> sections) throws UnusableException, InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            double limit = Math.min(scenario.limitSeconds() + START_SECONDS, secondsLeft());
            Section last = sections.get(scenario.name());
            if (limit <= 0 || last != null && last.isEnded()) {
                return;
            }
            try {
                sections.putAll(session(scenario, attempt, limit));
            } catch (IOException e) {
                throw new UnusableException("cannot write to %s: %s".formatted(rig.sessions(), e), e);
            }
        }
    }

    private void discard() throws UnusableException {
        try {
            SessionImage.discardAll(rig);
        } catch (IOException e) {
            throw new UnusableException("cannot clear %s: %s".formatted(rig.sessions(), e), e);
        }
    }

    private Map<String, Section> session(Scenario scenario, int attempt, double limitSeconds)
            throws UnusableException, InterruptedException, IOException {
        Path folder = SessionImage.write(rig, scenario.name() + "-" + attempt, places.inside(), settings(scenario));
        Session session = new Session(folder, name -> Lab.say("running " + name));
        Session.End end = session.run(rig, options.smp(), MEMORY_MIB, limitSeconds);
        if (end != Session.End.COMPLETE) {
            String why = switch (end) {
                case STALLED -> "it stalled";
                case OVERDUE -> "its time was over";
                default -> "it broke";
            };
            System.err.printf(
                    "hv lab: the emulator was ended after %.0f s, because %s; its transcript is %s%n",
                    (System.nanoTime() - start) / NANOS, why, folder.resolve("transcript"));
        }
        session.transcript().sections().values().stream()
                .filter(section -> section.status().isPresent() && !section.isEnded())
                .forEach(section -> System.err.printf(
                        "hv lab: %s was ended because its time was over; what it printed is in %s%n",
                        section.name(), folder.resolve("transcript")));
        if (!options.isKept()) {
            SessionImage.discardImages(folder);
        }
        return session.transcript().sections();
    }

    /** Assignments for the shell inside. */
    private String settings(Scenario scenario) {
        return String.join(
                "\n",
                "DISK='" + rig.disk() + "'",
                "SMP=" + options.smp(),
                "JAVA_FLAGS='" + String.join(" ", javaFlags) + " " + INSIDE_FLAGS + "'",
                "SCENARIO=" + scenario.name(),
                "LIMIT=" + scenario.limitSeconds(),
                "");
    }

    private double secondsLeft() {
        return options.minutes() * 60.0 - (System.nanoTime() - start) / NANOS;
    }
}
