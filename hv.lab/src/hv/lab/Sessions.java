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
import java.util.stream.Collectors;

/**
 * Runs scenarios in one life of level 1, and those that did not come to their ends once more in another: the emulator stalls now and then,
 * and takes with it a guest or everything. For one thread.
 */
final class Sessions {
    private static final int ATTEMPTS = 2;

    /** For the JVM, a guest with 256 MiB and, in memory, a file that holds it. */
    private static final int MEMORY_MIB = 1280;

    /** To level 1's first scenario, on a loaded machine. */
    private static final int START_SECONDS = 120;

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
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            List<Scenario> left = scenarios.stream()
                    .filter(scenario -> !sections.containsKey(scenario.name())
                            || !sections.get(scenario.name()).isEnded())
                    .toList();
            double limit =
                    Math.min(left.stream().mapToInt(Scenario::limitSeconds).sum() + START_SECONDS, secondsLeft());
            if (left.isEmpty() || limit <= 0) {
                break;
            }
            try {
                sections.putAll(session(attempt, left, limit));
            } catch (IOException e) {
                throw new UnusableException("cannot write to %s: %s".formatted(rig.sessions(), e), e);
            }
        }
        return sections;
    }

    private void discard() throws UnusableException {
        try {
            SessionImage.discardAll(rig);
        } catch (IOException e) {
            throw new UnusableException("cannot clear %s: %s".formatted(rig.sessions(), e), e);
        }
    }

    private Map<String, Section> session(int attempt, List<Scenario> scenarios, double limitSeconds)
            throws UnusableException, InterruptedException, IOException {
        Path folder = SessionImage.write(rig, "attempt-" + attempt, places.inside(), settings(scenarios));
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
    private String settings(List<Scenario> scenarios) {
        String words = scenarios.stream()
                .map(scenario -> scenario.name() + ":" + scenario.limitSeconds())
                .collect(Collectors.joining(" "));
        return String.join(
                "\n",
                "DISK='" + rig.disk() + "'",
                "SMP=" + options.smp(),
                "JAVA_FLAGS='" + String.join(" ", javaFlags) + "'",
                "SCENARIOS='" + words + "'",
                "");
    }

    private double secondsLeft() {
        return options.minutes() * 60.0 - (System.nanoTime() - start) / NANOS;
    }
}
