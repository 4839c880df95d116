package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
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
import java.util.Optional;
import java.util.stream.IntStream;

/** Small limits on what a process may use: files, memory, stack, signals, time, processes, heap. */
public final class Limits implements Suite {
    private static final long MIB = 1 << 20;
    private static final int FEW = 3;

    /** What a shell says of a program that SIGABRT, SIGSEGV, SIGXCPU or SIGXFSZ has ended. */
    private static final Integer[] BY_THE_SYSTEM = {134, 139, 152, 153};

    /** Java tells in a few lines of its own that it could not get memory or a thread. */
    private static final int JAVAS_LINES = 12;

    @Override
    public String name() {
        return "limits";
    }

    @Override
    public void run(Ground ground, Report report) throws IOException, InterruptedException {
        Optional<String> missing = Ground.missing("prlimit");
        if (missing.isPresent()) {
            report.add(Row.skipped(name(), "all of it", missing.get()));
            return;
        }
        files(ground, report);
        memory(ground, report);
        signals(ground, report);
        fileSizes(ground, report);
        heaps(ground, report);
        processes(ground, report);
    }

    private void files(Ground ground, Report report) throws IOException, InterruptedException {
        String backEnd = ground.guests().backEnds().getFirst();
        List<Integer> counts = IntStream.rangeClosed(16, 48).boxed().toList();
        for (int count : ground.some(counts, FEW)) {
            report.add(fewFiles(ground, count, ground.guests().brief(backEnd)));
        }
        for (int count : ground.some(counts.stream().filter(c -> c % 4 == 0).toList(), 1)) {
            report.add(fewFiles(ground, count, "list"));
        }
    }

    /** A folder is removed from its open parents: with the fewest files that it starts with, a later start does it. */
    private Row fewFiles(Ground ground, int count, String... words) throws IOException, InterruptedException {
        try (Scene scene = ground.scene(this, "%d open files, %s".formatted(count, words[0]))) {
            scene.run(ground.hv(words).under("prlimit", "--nofile=" + count), java().unclean());
            scene.requireSweeping();
            return scene.row();
        }
    }

    /** Java ends by itself, in its own words, where it cannot even start. */
    private static Expected java() {
        return Expected.documented().lines(JAVAS_LINES);
    }

    private void memory(Ground ground, Report report) throws IOException, InterruptedException {
        String backEnd = ground.guests().backEnds().getFirst();
        List<String> limits = new ArrayList<>();
        for (long mib :
                ground.some(List.of(100L, 200L, 300L, 400L, 600L, 800L, 1000L, 1200L, 1500L, 2000L, 3000L), FEW)) {
            limits.add("--as=" + mib * MIB);
        }
        if (!ground.isShort()) {
            for (long mib : List.of(8L, 32L, 64L, 100L, 150L)) {
                limits.add("--data=" + mib * MIB);
            }
            limits.addAll(
                    List.of("--memlock=0", "--stack=16384", "--stack=65536", "--stack=262144", "--stack=unlimited"));
        }
        for (String limit : limits) {
            try (Scene scene = ground.scene(this, limit)) {
                Command command = ground.hv(ground.guests().brief(backEnd)).under("prlimit", limit);
                scene.run(command, java().or(BY_THE_SYSTEM).unclean());
                // Where Java itself gets no memory, it ends at once and writes a report.
                scene.discardReports();
                scene.requireSweeping();
                report.add(scene.row());
            }
        }
        report.add(ground.once(
                this,
                "a guest with more memory than the process may have",
                ground.hv("run", "--backend", backEnd, "--memory", "8G").under("prlimit", "--as=" + 5000 * MIB),
                Expected.documented()));
    }

    private void signals(Ground ground, Report report) throws IOException, InterruptedException {
        for (int count : List.of(0, 1, 2)) {
            for (String backEnd : ground.guests().backEnds()) {
                Command command = ground.hv(ground.guests().brief(backEnd)).under("prlimit", "--sigpending=" + count);
                report.add(ground.once(
                        this,
                        "%d queued signals, run on %s".formatted(count, backEnd),
                        command,
                        Expected.documented()));
            }
        }
    }

    private void fileSizes(Ground ground, Report report) throws IOException, InterruptedException {
        String backEnd = ground.guests().backEnds().getFirst();
        for (int bytes : ground.some(List.of(0, 1, 4096, 65536, 1 << 20), 1)) {
            Command command = ground.hv(ground.guests().brief(backEnd)).under("prlimit", "--fsize=" + bytes);
            report.add(ground.once(
                    this, "files of %d bytes at most, run".formatted(bytes), command, java().or(BY_THE_SYSTEM)));
            try (Scene scene = ground.scene(this, "files of %d bytes at most, --save-at".formatted(bytes))) {
                Path file = Files.writeString(scene.here().resolve("saved"), "old");
                Command saving = ground.hv(ground.guests().heavy("--save-at", "200ms=" + file))
                        .under("prlimit", "--fsize=" + bytes);
                int status =
                        scene.save(saving, java().or(BY_THE_SYSTEM).within(8)).status();
                scene.require(status != 0, "status 0");
                scene.require(Files.readString(file).equals("old"), "the old file has changed");
                Disks.requireAlone(scene, file);
                report.add(scene.row());
            }
        }
        try (Scene scene = ground.scene(this, "one second of the processor")) {
            scene.run(
                    ground.hv(ground.guests().brief(backEnd)).under("prlimit", "--cpu=1"),
                    Expected.documented().or(137, 152).unclean());
            scene.requireSweeping();
            report.add(scene.row());
        }
    }

    private void heaps(Ground ground, Report report) throws IOException, InterruptedException {
        for (int mib : ground.some(List.of(2, 4, 6, 8, 10, 12, 16, 24), 1)) {
            for (String[] words :
                    List.of(ground.guests().brief(ground.guests().backEnds().getFirst()), new String[] {"list"})) {
                report.add(ground.once(
                        this,
                        "a heap of %d MiB, %s".formatted(mib, Words.of(words)),
                        ground.hv(words).environment("HV_JAVA_OPTIONS", "-XX:AOTMode=off -Xms1m -Xmx" + mib + "m"),
                        java().within(8)));
            }
        }
    }

    private void processes(Ground ground, Report report) throws IOException, InterruptedException {
        Optional<String> why = OtherUser.whyNot(ground.workspace());
        if (why.isPresent()) {
            report.add(Row.skipped(name(), "few processes, as another user", why.get()));
            return;
        }
        for (int count : ground.some(List.of(1, 2, 4, 8, 12, 16, 20, 24, 32, 64), 1)) {
            Command command = ground.hv("run", "--cpu", "hv-vpindex")
                    .under(OtherUser.WORDS)
                    .under("prlimit", "--nproc=" + count);
            report.add(ground.once(this, count + " processes, as another user", command, java().or(BY_THE_SYSTEM)));
        }
    }
}
