package hv.lab;

import hv.lab.rig.Places;
import hv.lab.rig.Rig;
import hv.lab.rig.SessionImage;
import hv.lab.rig.UnusableException;
import hv.lab.session.Section;
import hv.lab.session.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs each scenario in a life of level 1 of its own. That makes times comparable, because the emulator gets slower
 * with what has run in it: memory that held code is slow to reuse. And when the emulator stalls or breaks, it takes one
 * scenario with it. For one thread.
 */
final class Sessions {
    /** For the JVM, a guest with 256 MiB and, in memory, a file that holds it. */
    private static final int MEMORY_MIB = 1280;

    /** To level 1's scenario, on a loaded machine. */
    private static final int START_SECONDS = 120;

    /**
     * The second compiler's code would have to run for hours to be worth what it costs in an emulator; the report tells
     * when a guest starts.
     */
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

    /**
     * What a scenario printed in a new life of level 1; empty if its script did not begin, or there is no time left.
     *
     * @param attempt from 1, for the name of its folder
     */
    Optional<Section> run(Scenario scenario, int attempt) throws UnusableException, InterruptedException {
        double limit = Math.min(scenario.limitSeconds() + START_SECONDS, secondsLeft());
        if (limit <= 0) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(session(scenario, attempt, limit).get(scenario.name()));
        } catch (IOException e) {
            throw new UnusableException("cannot write to %s: %s".formatted(rig.sessions(), e), e);
        }
    }

    /** Removes what earlier labs have left. */
    void discard() throws UnusableException {
        try {
            SessionImage.discardAll(rig);
        } catch (IOException e) {
            throw new UnusableException("cannot clear %s: %s".formatted(rig.sessions(), e), e);
        }
    }

    private Map<String, Section> session(Scenario scenario, int attempt, double limitSeconds)
            throws UnusableException, InterruptedException, IOException {
        Path folder = SessionImage.write(rig, scenario.name() + "-" + attempt, places.inside(), settings(scenario));
        Lab.say("running " + scenario.name());
        long begun = System.nanoTime();
        Session session = new Session(folder);
        Session.End end = session.run(rig, scenario.outerProcessors(options.smp()), MEMORY_MIB, limitSeconds);
        if (end != Session.End.COMPLETE) {
            String why = switch (end) {
                case STALLED -> "it stalled";
                case OVERDUE -> "its time was over";
                default -> "it broke";
            };
            System.err.printf(
                    "hv lab: the emulator was ended after %.0f s, because %s; its transcript is %s%n",
                    (System.nanoTime() - begun) / NANOS, why, folder.resolve("transcript"));
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
