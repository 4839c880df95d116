package hv.lab.rig;

import java.nio.file.Path;
import java.util.List;

/**
 * Where things are on this machine; the script {@code hv} says so.
 *
 * @param workspace root of the workspace, built
 * @param distribution what {@code ./hv run} runs
 * @param repository local Maven repository with the jars of JUnit
 * @param testProjects folders of the workspace whose tests run inside, compiled
 * @param jdk the JDK, of which the run-time for the inside is made
 */
public record Places(Path workspace, Path distribution, Path repository, List<String> testProjects, Path jdk) {
    /** Copies the list. */
    public Places {
        testProjects = List.copyOf(testProjects);
    }

    /** Scripts and C programs that run inside. */
    public Path inside() {
        return workspace.resolve("hv.lab/inside");
    }
}
