package hv.embedder;

import java.nio.file.Path;

/**
 * What whoever starts a container tells: system properties, since that is what all containers pass on.
 *
 * @param report where to write what came of it
 * @param maven the Maven repository with the bundles' jars
 * @param newer a newer hv.time
 * @param rounds how often a requirement leaves and comes back
 * @param orders how often all bundles are stopped and started
 * @param ways the ways in which it does, by name; all of them if empty
 * @param seed of all that is random
 */
record Settings(Path report, Path maven, Path newer, int rounds, int orders, String ways, long seed) {
    static Settings ofThisProcess() {
        return new Settings(
                Path.of(System.getProperty("hv.report")),
                Path.of(System.getProperty("hv.maven")),
                Path.of(System.getProperty("hv.newer")),
                Integer.getInteger("hv.rounds"),
                Integer.getInteger("hv.orders"),
                System.getProperty("hv.ways", ""),
                Long.getLong("hv.seed"));
    }

    /** The jar of one of our bundles. */
    Path jar(String name, String version) {
        return maven.resolve(Path.of("hv", name, version, name + "-" + version + ".jar"));
    }
}
