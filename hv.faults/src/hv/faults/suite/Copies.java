package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
import hv.faults.run.Running;
import hv.faults.run.Shell;
import hv.faults.trial.Ground;
import hv.faults.trial.Report;
import hv.faults.trial.Row;
import hv.faults.trial.Scene;
import hv.faults.trial.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The workspace copied, moved, read-only, on a path with blanks: it works, and every bundle that it runs is its own.
 */
final class Copies {
    private final Suite suite;

    Copies(Suite suite) {
        this.suite = suite;
    }

    void run(Ground ground, Report report) throws IOException, InterruptedException {
        report.add(copied(ground, "copied", "copy", "copy"));
        if (ground.isShort()) {
            return;
        }
        report.add(copied(ground, "copied to a path with blanks and quotes", "a copy of 'mine'", "a copy of 'mine'"));
        report.add(copied(ground, "copied and moved", "copy", "moved"));
        report.add(readOnly(ground));
        report.add(distribution(ground));
    }

    private Row copied(Ground ground, String what, String first, String last) throws IOException, InterruptedException {
        try (Scene scene = ground.scene(suite, "the workspace " + what)) {
            copy(ground.workspace(), scene.here().resolve(first));
            Path home = scene.here().resolve(last);
            if (!first.equals(last)) {
                scene.run(
                        Ground.hvOf(scene.here().resolve(first), List.of("list")),
                        Expected.status(0).within(6));
                Files.move(scene.here().resolve(first), home);
            }
            scene.run(Ground.hvOf(home, List.of("list")), Expected.status(0).within(6));
            scene.run(
                    Ground.hvOf(home, List.of("run")).environment("HOME", null),
                    Expected.status(0).within(6));
            requireOwnBundles(
                    ground, scene, Ground.hvOf(home, List.of(ground.guests().waits())), home);
            return scene.row();
        }
    }

    private Row readOnly(Ground ground) throws IOException, InterruptedException {
        String what = "the workspace copied, and read-only";
        if (!ground.isolation().hasMounts()) {
            return Row.skipped(suite.name(), what, "mounts are not allowed here");
        }
        try (Scene scene = ground.scene(suite, what)) {
            Path home = scene.here().resolve("copy");
            copy(ground.workspace(), home);
            String mount = "mount --bind %1$s %1$s && mount -o remount,ro,bind %1$s".formatted(Shell.quoted(home));
            for (String[] words : List.of(new String[] {"list"}, new String[] {"run"})) {
                scene.run(
                        Ground.hvOf(home, List.of(words)).before(mount),
                        Expected.status(0).within(6));
            }
            requireOwnBundles(
                    ground,
                    scene,
                    Ground.hvOf(home, List.of(ground.guests().waits())).before(mount),
                    home);
            return scene.row();
        }
    }

    /** Without the script, as an embedder or a package would start it. */
    private Row distribution(Ground ground) throws IOException, InterruptedException {
        try (Scene scene = ground.scene(suite, "the distribution alone, copied: java -jar hv.jar")) {
            Path home = scene.here().resolve("hv");
            copy(ground.workspace().resolve("hv.launcher/generated/hv"), home);
            Command command = java(home, "list");
            scene.run(command, Expected.status(0).lines(6).within(6));
            requireOwnBundles(ground, scene, java(home, ground.guests().waits()), home);
            return scene.row();
        }
    }

    private static Command java(Path home, String... words) {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                home.resolve("hv.jar").toString()));
        all.addAll(List.of(words));
        return Command.of(all);
    }

    private static void requireOwnBundles(Ground ground, Scene scene, Command command, Path home)
            throws IOException, InterruptedException {
        Running running = scene.start(command);
        running.awaitPrinted(ground.guests().isUp(), ground.pace().stretched(10));
        TreeSet<String> jars = openJars(running.pid());
        running.signal("TERM");
        scene.end(running, Expected.status(143).within(2));
        scene.require(jars.size() > 2, "no open jars were seen");
        jars.removeIf(jar -> jar.startsWith(home + "/"));
        scene.require(jars.isEmpty(), "of another folder: " + jars);
    }

    private static TreeSet<String> openJars(long pid) throws IOException {
        TreeSet<String> jars = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String target = Files.isSymbolicLink(file)
                        ? Files.readSymbolicLink(file).toString()
                        : "";
                if (target.endsWith(".jar")) {
                    jars.add(target);
                }
            }
        }
        return jars;
    }

    /** With the times of its files, by which the script sees that everything is built; without what no run needs. */
    private static void copy(Path from, Path to) throws IOException, InterruptedException {
        String lines =
                "mkdir -p TO && cd FROM && tar cf - --exclude=./.git --exclude=./cnf/cache --exclude=target --exclude=bin_test . | tar xf - -C TO"
                        .replace("FROM", Shell.quoted(from))
                        .replace("TO", Shell.quoted(to));
        int status = new ProcessBuilder("sh", "-c", lines).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("the workspace could not be copied");
        }
    }
}
