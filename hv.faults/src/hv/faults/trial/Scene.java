package hv.faults.trial;

import hv.faults.judge.Expected;
import hv.faults.judge.Rules;
import hv.faults.run.Command;
import hv.faults.run.Running;
import hv.faults.run.Shell;
import hv.faults.trial.Row.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One trial: a folder of its own, what is run in it, and what turned out not to hold. The folder stays if something did
 * not. For one thread.
 */
public final class Scene implements AutoCloseable {
    /** How long a run that could not save goes on before it is ended. */
    private static final double GOING_ON_SECONDS = 1;

    private static final int TERMINATED = 143;

    /** The JVM's own file, which the next JVM removes. */
    private static final Predicate<String> JVM = name -> name.startsWith("hsperfdata_");

    private static final Predicate<String> REPORT = name -> name.startsWith("hs_err") || name.startsWith("core");

    private static final int VALUE_LENGTH = 150;

    private final Ground ground;
    private final String suite;
    private final String what;
    private final Path folder;
    private final List<String> broken = new ArrayList<>();
    private String seen = "";

    Scene(Ground ground, String suite, String what, Path folder) {
        this.ground = ground;
        this.suite = suite;
        this.what = what;
        this.folder = folder;
    }

    /** The folder in which programs run. */
    public Path here() {
        return folder.resolve("here");
    }

    /** Its temporary folders, {@code tmp} or {@code shm}. */
    public Path temporary(String name) {
        return folder.resolve(name);
    }

    /** Starts a program. */
    public Running start(Command command) throws IOException {
        return ground.starter().start(command, folder);
    }

    /** Runs a program to its end and judges it. */
    public hv.faults.run.Outcome run(Command command, Expected expected) throws IOException, InterruptedException {
        return end(start(command), expected);
    }

    /**
     * Runs a program that shall save its guest, and judges it. A guest that cannot be saved goes on; it is ended when
     * that has been said.
     */
    public hv.faults.run.Outcome save(Command command, Expected expected) throws IOException, InterruptedException {
        Running running = start(command);
        boolean goesOn = running.awaitSaid("hv: ", ground.pace().stretched(Ground.HANG_SECONDS))
                && running.goesOnAfter(ground.pace().stretched(GOING_ON_SECONDS));
        if (goesOn) {
            running.terminate();
        }
        return end(running, goesOn ? expected.or(TERMINATED) : expected);
    }

    /** Waits for a program's end and judges it. */
    public hv.faults.run.Outcome end(Running running, Expected expected) throws IOException, InterruptedException {
        hv.faults.run.Outcome outcome = running.end(ground.pace().stretched(Ground.HANG_SECONDS + expected.seconds()));
        judge(outcome, expected);
        return outcome;
    }

    /** Judges how a program has ended. */
    public void judge(hv.faults.run.Outcome outcome, Expected expected) throws IOException, InterruptedException {
        record(outcome);
        broken.addAll(Rules.broken(outcome, expected));
        if (!outcome.isHung() && ground.pace().isTooLong(outcome.seconds(), expected.seconds())) {
            broken.add(String.format(Locale.ROOT, "it took %.1f s at a pace of %s", outcome.seconds(), ground.pace()));
        }
        if (outcome.terminal().isPresent()) {
            outcome.terminal()
                    .get()
                    .change()
                    .ifPresent(change -> broken.add("the terminal is not as before: " + change));
        }
        if (expected.isClean()) {
            requireClean();
        }
    }

    private void record(hv.faults.run.Outcome outcome) throws IOException {
        Files.writeString(folder.resolve("out.txt"), outcome.out());
        Files.writeString(folder.resolve("err.txt"), outcome.err());
        String line =
                outcome.err().lines().filter(l -> !l.isBlank()).findFirst().orElse("");
        seen = String.format(Locale.ROOT, "%d in %.1f s  %s", outcome.status(), outcome.seconds(), line);
    }

    /** A later start takes away what an earlier one left. */
    public void requireSweeping() throws IOException, InterruptedException {
        Running sweeping = start(ground.hv("list"));
        sweeping.end(ground.pace().stretched(Ground.HANG_SECONDS));
        requireClean();
    }

    /** Nothing is left in the temporary folders, and no report of a crash. */
    public void requireClean() throws IOException {
        TreeSet<String> left = new TreeSet<>();
        for (String name : List.of("shm", "tmp")) {
            names(folder.resolve(name)).filter(JVM.negate()).forEach(left::add);
        }
        names(here()).filter(REPORT).forEach(left::add);
        require(left.isEmpty(), "left behind: " + left);
    }

    /** What the JVM writes when it comes to a sudden end is no matter here. */
    public void discardReports() throws IOException {
        for (String name : names(here()).filter(REPORT).toList()) {
            Files.delete(here().resolve(name));
        }
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    /** Something that has to hold. */
    public void require(boolean holds, String otherwise) {
        if (!holds && !broken.contains(otherwise)) {
            broken.add(otherwise);
        }
    }

    /** What the table tells, if nothing is wrong. */
    public void tell(String text) {
        seen = text;
    }

    /** How it came out. */
    public Row row() {
        if (broken.isEmpty()) {
            return new Row(suite, what, Outcome.OK, shortened(seen));
        }
        return new Row(suite, what, Outcome.FAILED, String.join("; ", broken) + " [" + shortened(seen) + "] " + folder);
    }

    private static String shortened(String text) {
        return text.length() <= VALUE_LENGTH ? text : text.substring(0, VALUE_LENGTH) + "...";
    }

    @Override
    public void close() throws IOException {
        if (broken.isEmpty()) {
            remove(folder);
        }
    }

    /** By the system's own program, which also removes what may not be read. */
    static void remove(Path folder) throws IOException {
        String path = Shell.quoted(folder);
        try {
            new ProcessBuilder("sh", "-c", "chmod -R u+rwX %s 2>/dev/null; rm -rf %s".formatted(path, path))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
