package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
import hv.faults.run.Running;
import hv.faults.run.Shell;
import hv.faults.run.Stream;
import hv.faults.trial.Ground;
import hv.faults.trial.OtherUser;
import hv.faults.trial.Report;
import hv.faults.trial.Row;
import hv.faults.trial.Scene;
import hv.faults.trial.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/** Disks that are full, read-only or not there, and processes that are killed while they write. */
public final class Disks implements Suite {
    private static final String OLD = "an old file";
    private static final int FEW = 2;

    /** A file system of 64 KiB with an old file, and no room for more. */
    private static final String FULL = "mount -t tmpfs -o size=64k tmpfs %1$s && echo 'an old file' >%1$s/saved"
            + " && dd if=/dev/zero of=%1$s/fill bs=4k 2>/dev/null; :";

    private static final String READ_ONLY =
            "echo 'an old file' >%1$s/saved; mount --bind %1$s %1$s && mount -o remount,ro,bind %1$s";

    @Override
    public String name() {
        return "disks";
    }

    @Override
    public void run(Ground ground, Report report) throws IOException, InterruptedException {
        places(ground, report);
        if (ground.isolation().hasMounts()) {
            targets(ground, report);
            temporaries(ground, report);
        } else {
            report.add(Row.skipped(name(), "full and read-only disks", "mounts are not allowed here"));
        }
        kills(ground, report);
    }

    /** Where nothing can be written, whoever asks. */
    private void places(Ground ground, Report report) throws IOException, InterruptedException {
        List<String[]> places = List.of(
                new String[] {"a folder that is not there", "none/saved", "true"},
                new String[] {"a folder", "saved", "mkdir saved"},
                new String[] {"a folder that is not empty", "saved", "mkdir -p saved/more"},
                new String[] {"a link to itself", "saved/file", "ln -s saved saved"},
                new String[] {"a file for a folder", "file/saved", "echo >file"},
                new String[] {"/proc", "/proc/saved", "true"},
                new String[] {"/dev/full", "/dev/full", "true"});
        for (String[] place : ground.some(places, FEW)) {
            String[] words = ground.guests().waits("--save-at", "100ms=" + place[1]);
            Command command = ground.hv(words).before(place[2]);
            report.add(ground.save(this, "--save-at to " + place[0], command, Expected.status(1, 2)));
        }
    }

    private void targets(Ground ground, Report report) throws IOException, InterruptedException {
        record Target(String name, String lines) {}
        for (Target target : List.of(new Target("a full disk", FULL), new Target("a read-only disk", READ_ONLY))) {
            try (Scene scene = ground.scene(this, "--save-at to " + target.name())) {
                Path disk = disk(scene);
                String[] words = ground.guests().heavy("--save-at", "100ms=" + disk.resolve("saved"));
                Command command = seen(ground.hv(words).before(target.lines().formatted(Shell.quoted(disk))), disk);
                scene.save(command, Expected.status(1, 2).within(6));
                requireIntact(scene);
                report.add(scene.row());
            }
            try (Scene scene = ground.scene(this, "hv:save to %s, and the guest goes on".formatted(target.name()))) {
                Path disk = disk(scene);
                String[] words = ground.guests().waits("--console");
                Command command = seen(ground.hv(words).before(target.lines().formatted(Shell.quoted(disk))), disk)
                        .input(Stream.PIPE);
                Running running = scene.start(command);
                running.awaitPrinted(ground.guests().isUp(), ground.pace().stretched(10));
                running.type("hv:save " + disk.resolve("saved") + "\nhv:swap time\n");
                scene.require(
                        running.awaitPrinted("took over", ground.pace().stretched(10)), "the guest does not go on");
                running.type("stop 0\n");
                scene.end(running, Expected.documented().lines(8));
                requireIntact(scene);
                report.add(scene.row());
            }
        }
    }

    private static Path disk(Scene scene) throws IOException {
        return Files.createDirectory(scene.here().resolve("disk"));
    }

    /** What is on the disk in the end can be seen from outside of the namespace. */
    private static Command seen(Command command, Path disk) {
        String folder = Shell.quoted(disk);
        return command.after("cp %s/saved seen; ls -A %s >names".formatted(folder, folder));
    }

    private static void requireIntact(Scene scene) throws IOException {
        Path seen = scene.here().resolve("seen");
        scene.require(
                Files.exists(seen) && Files.readString(seen).strip().equals(OLD),
                "the old file has changed or is gone");
        List<String> names = Files.readAllLines(scene.here().resolve("names")).stream()
                .filter(name -> !List.of("saved", "fill").contains(name))
                .toList();
        scene.require(names.isEmpty(), "left beside the old file: " + names);
    }

    /** In the folder of {@code file} there is nothing else that a save makes. */
    static void requireAlone(Scene scene, Path file) throws IOException {
        List<String> others = new ArrayList<>();
        try (var files = Files.list(file.getParent())) {
            files.map(other -> other.getFileName().toString())
                    .filter(name -> name.startsWith(".") || name.endsWith(".tmp"))
                    .forEach(others::add);
        }
        scene.require(others.isEmpty(), "left beside the file: " + others);
    }

    private void temporaries(Ground ground, Report report) throws IOException, InterruptedException {
        record Lines(String name, String lines) {}
        String tiny = "mount -t tmpfs -o size=4k,mode=1777 tmpfs %1$s && echo full >%1$s/fill";
        String small = "mount -t tmpfs -o size=64k,mode=1777 tmpfs %1$s";
        String readOnly = "mount --bind %1$s %1$s && mount -o remount,ro,bind %1$s";
        List<Lines> all = List.of(
                new Lines("/dev/shm full", tiny.formatted("/dev/shm")),
                new Lines("/dev/shm of 64 KiB", small.formatted("/dev/shm")),
                new Lines("/dev/shm read-only", readOnly.formatted("/dev/shm")),
                new Lines("/tmp full", tiny.formatted("/tmp")),
                new Lines("/tmp read-only", readOnly.formatted("/tmp")),
                new Lines("/dev/shm and /tmp full", tiny.formatted("/dev/shm") + "\n" + tiny.formatted("/tmp")),
                new Lines(
                        "/dev/shm and /tmp read-only",
                        readOnly.formatted("/dev/shm") + "\n" + readOnly.formatted("/tmp")),
                new Lines("HOME full", "mkdir home; export HOME=$PWD/home\n" + tiny.formatted("home")),
                new Lines("HOME read-only", "mkdir home; export HOME=$PWD/home\n" + readOnly.formatted("home")),
                new Lines("HOME a file", "echo >home; export HOME=$PWD/home"),
                new Lines("the workspace read-only", readOnly.formatted(Shell.quoted(ground.workspace()))));
        for (Lines lines : ground.some(all, FEW)) {
            for (String[] words :
                    List.of(ground.guests().brief(ground.guests().backEnds().getFirst()), new String[] {"list"})) {
                report.add(ground.once(
                        this,
                        "%s: %s".formatted(lines.name(), Words.of(words)),
                        ground.hv(words).before(lines.lines()),
                        Expected.documented()));
            }
        }
        Optional<String> why = OtherUser.whyNot(ground.workspace());
        if (why.isPresent()) {
            report.add(Row.skipped(name(), "a folder of another user's", why.get()));
            return;
        }
        try (Scene scene = ground.scene(this, "--save-at to a folder of another user's")) {
            Path disk = disk(scene);
            String[] words = {
                "run",
                "--backend",
                "hosted",
                "--cpu",
                "hv-time",
                "--append",
                "clock=20s",
                "--save-at",
                "100ms=" + disk.resolve("saved")
            };
            scene.save(ground.hv(words).under(OtherUser.WORDS), Expected.status(1, 2));
            report.add(scene.row());
        }
    }

    /**
     * SIGKILL while a snapshot is written: the old file, or a whole new one; the next save takes away what is left
     * over.
     */
    private void kills(Ground ground, Report report) throws IOException, InterruptedException {
        Random random = ground.random(this);
        Saved saved = new Saved(ground);
        for (int i = 1; i <= (ground.isShort() ? 1 : 8); i++) {
            try (Scene scene = ground.scene(this, "SIGKILL in a save, no. " + i)) {
                Path file = saved.copyTo(scene.here());
                Running running = scene.start(
                        ground.hv(ground.guests().heavy("--console")).input(Stream.PIPE));
                running.awaitPrinted(ground.guests().isUp(), ground.pace().stretched(10));
                running.type(("hv:save " + file + "\n").repeat(100));
                running.awaitPrinted("saved", ground.pace().stretched(10));
                running.goesOnAfter(random.nextDouble() * ground.pace().stretched(0.5));
                running.signal("KILL");
                scene.end(running, Expected.status(137).unclean().lines(8));
                String seen = saved.requireWhole(scene, file);
                scene.run(ground.hv(ground.guests().waits("--save-at", "50ms=" + file)), Expected.status(0));
                Disks.requireAlone(scene, file);
                scene.requireClean();
                scene.tell(String.format(Locale.ROOT, "the file is %s", seen));
                report.add(scene.row());
            }
        }
    }
}
