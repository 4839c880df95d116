package hv.faults.trial;

import hv.faults.judge.Expected;
import hv.faults.judge.Pace;
import hv.faults.run.Command;
import hv.faults.run.Isolation;
import hv.faults.run.Outcome;
import hv.faults.run.Starter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What all trials stand on: the program, the machine and its speed, and a folder. For one thread. */
public final class Ground {
    /** How long a run may go on, beyond what is expected, until it counts as hung; on a quiet machine. */
    static final double HANG_SECONDS = 15;

    private final Path workspace;
    private final Path work;
    private final boolean isShort;
    private final long seed;
    private final Isolation isolation;
    private final Starter starter;
    private final Pace pace;
    private final Guests guests;
    private int scenes;

    private Ground(Path workspace, Path work, boolean isShort, long seed, Starter starter, Isolation isolation)
            throws IOException {
        this.workspace = workspace;
        this.work = work;
        this.isShort = isShort;
        this.seed = seed;
        this.isolation = isolation;
        this.starter = starter;
        this.guests = new Guests(work.resolve("guests"), Files.isWritable(Path.of("/dev/kvm")));
        this.pace = new Pace(this::plainRun);
    }

    /** Looks at the machine and runs the program once, which has to succeed. */
    public static Ground prepare(Path workspace, boolean isShort, long seed) throws IOException, InterruptedException {
        Path work = workspace.resolve("cnf/cache/faults");
        Scene.remove(work);
        Files.createDirectories(work);
        Isolation isolation = Isolation.find();
        Ground ground = new Ground(workspace, work, isShort, seed, Starter.of(isolation), isolation);
        ground.plainRun();
        ground.pace.measure();
        return ground;
    }

    private double plainRun() throws IOException, InterruptedException {
        Path folder = folder("plain");
        Outcome outcome =
                starter.start(hv("run", "--backend", "hosted"), folder).end(10 * 60);
        if (outcome.status() != 0) {
            throw new IOException("a plain run ended with %d: %s".formatted(outcome.status(), outcome.err()));
        }
        Scene.remove(folder);
        return outcome.seconds();
    }

    private Path folder(String name) throws IOException {
        Path folder = Files.createDirectory(work.resolve(name + "-" + ++scenes));
        Isolation.make(folder);
        return folder;
    }

    /** Begins a trial. */
    public Scene scene(Suite suite, String what) throws IOException {
        return scene(suite.name(), what);
    }

    /** The same, for what several suites need. */
    public Scene scene(String suite, String what) throws IOException {
        return new Scene(this, suite, what, folder(suite));
    }

    /** A trial that is one run. */
    public Row once(Suite suite, String what, Command command, Expected expected)
            throws IOException, InterruptedException {
        try (Scene scene = scene(suite, what)) {
            scene.run(command, expected);
            return scene.row();
        }
    }

    /** A trial that is one run that shall save its guest. */
    public Row save(Suite suite, String what, Command command, Expected expected)
            throws IOException, InterruptedException {
        try (Scene scene = scene(suite, what)) {
            scene.save(command, expected);
            return scene.row();
        }
    }

    /** The program with these arguments. */
    public Command hv(String... words) {
        return hvOf(workspace, List.of(words));
    }

    /** The program of a workspace with these arguments. */
    public static Command hvOf(Path workspace, List<String> words) {
        List<String> all = new ArrayList<>(List.of(workspace.resolve("hv").toString()));
        all.addAll(words);
        return Command.of(all);
    }

    /** A program of this machine. */
    public static Optional<Path> tool(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin") + ":/usr/sbin:/sbin";
        return List.of(path.split(File.pathSeparator)).stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Why trials that need these programs are left out; empty if they are all there. */
    public static Optional<String> missing(String... tools) {
        return List.of(tools).stream()
                .filter(tool -> tool(tool).isEmpty())
                .findFirst()
                .map(tool -> "there is no " + tool);
    }

    Starter starter() {
        return starter;
    }

    /** The machine's speed. */
    public Pace pace() {
        return pace;
    }

    /** Random numbers of the run's seed, the same whichever other suites run. */
    public Random random(Suite suite) {
        return new Random(seed + suite.name().hashCode());
    }

    /** All of them; {@code inShort} of them, evenly spread, if a few trials do. */
    public <T> List<T> some(List<T> all, int inShort) {
        if (!isShort || all.size() <= inShort) {
            return all;
        }
        List<T> few = new ArrayList<>();
        for (int i = 0; i < inShort; i++) {
            few.add(all.get(i * all.size() / inShort));
        }
        return few;
    }

    /** Guests to run. */
    public Guests guests() {
        return guests;
    }

    /** The workspace that is tried. */
    public Path workspace() {
        return workspace;
    }

    /** A folder for all of this run. */
    public Path work() {
        return work;
    }

    /** Whether a few trials do. */
    public boolean isShort() {
        return isShort;
    }

    /** What a trial may do to file systems. */
    public Isolation isolation() {
        return isolation;
    }

    @Override
    public String toString() {
        return "seed %d, pace %s, %s, %s"
                .formatted(
                        seed,
                        pace,
                        guests.hasKvm() ? "/dev/kvm" : "no /dev/kvm",
                        isolation.hasMounts() ? "private mounts" : "no private mounts");
    }
}
