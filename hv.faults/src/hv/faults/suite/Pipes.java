package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
import hv.faults.run.Running;
import hv.faults.run.Stream;
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

/** Standard streams that are closed, full, broken, or that nobody reads. */
public final class Pipes implements Suite {
    private static final int FEW = 4;
    private static final int TERMINATED = 143;

    /** How long a guest that prints without an end needs to fill a pipe that nobody reads, on a quiet machine. */
    private static final double FILLING_SECONDS = 0.5;

    private record Pipe(String name, int descriptor, Stream stream) {
        Command in(Command command) {
            return switch (descriptor) {
                case 0 -> command.input(stream);
                case 1 -> command.output(stream);
                default -> command.error(stream);
            };
        }

        /** Whether what is said on standard error is seen. */
        boolean isSeen() {
            return descriptor != 2;
        }
    }

    private static final List<Pipe> PIPES = List.of(
            new Pipe("stdin closed", 0, Stream.CLOSED),
            new Pipe("stdin a broken pipe", 0, Stream.BROKEN),
            new Pipe("stdout closed", 1, Stream.CLOSED),
            new Pipe("stdout full", 1, Stream.FULL),
            new Pipe("stdout a broken pipe", 1, Stream.BROKEN),
            new Pipe("stderr closed", 2, Stream.CLOSED),
            new Pipe("stderr full", 2, Stream.FULL),
            new Pipe("stderr a broken pipe", 2, Stream.BROKEN));

    @Override
    public String name() {
        return "pipes";
    }

    @Override
    public void run(Ground ground, Report report) throws IOException, InterruptedException {
        for (Row row : verbs(ground)) {
            report.add(row);
        }
        if (ground.guests().hasKvm()) {
            for (Stream stream : List.of(Stream.UNREAD, Stream.FULL, Stream.BROKEN, Stream.CLOSED)) {
                report.add(terminated(ground, stream));
            }
            report.add(savedUnread(ground));
        } else {
            report.add(Row.skipped(name(), "a guest that prints without an end", "there is no /dev/kvm"));
        }
    }

    private record Verb(String[] words, Integer... statuses) {
        /** Whether the status is the answer, and what is said is on standard output. */
        boolean isAnswer() {
            return words[0].equals("check");
        }
    }

    private List<Row> verbs(Ground ground) throws IOException, InterruptedException {
        List<Verb> verbs = new ArrayList<>(List.of(
                new Verb(new String[] {"list"}, 0, 1),
                new Verb(new String[] {"shell", "-c", "hv:list"}, 0, 1),
                new Verb(new String[] {"check", "--cpu", "hv-stimer"}, 1),
                new Verb(new String[] {"explain", "stimer"}, 0, 1),
                new Verb(new String[] {"run", "--kernel", "no such file"}, 2)));
        for (String backEnd : ground.guests().backEnds()) {
            verbs.add(new Verb(ground.guests().brief(backEnd), 0, 1));
        }
        List<Row> rows = new ArrayList<>();
        record Case(Verb verb, Pipe pipe) {}
        List<Case> cases = new ArrayList<>();
        verbs.forEach(verb -> PIPES.forEach(pipe -> cases.add(new Case(verb, pipe))));
        for (Case tried : ground.some(cases, FEW)) {
            Expected expected = Expected.status(tried.verb().statuses());
            rows.add(ground.once(
                    this,
                    "%s: %s"
                            .formatted(
                                    tried.pipe().name(), Words.of(tried.verb().words())),
                    tried.pipe().in(ground.hv(tried.verb().words())),
                    tried.pipe().isSeen() && !tried.verb().isAnswer() ? expected : expected.silent()));
        }
        for (Verb verb : ground.some(verbs, 1)) {
            rows.add(ground.once(
                    this,
                    "all three closed: " + Words.of(verb.words()),
                    ground.hv(verb.words())
                            .input(Stream.CLOSED)
                            .output(Stream.CLOSED)
                            .error(Stream.CLOSED),
                    Expected.status(verb.statuses()).silent()));
        }
        return rows;
    }

    private Row terminated(Ground ground, Stream stream) throws IOException, InterruptedException {
        String what = "stdout %s, a guest that prints without an end, SIGTERM"
                .formatted(stream.name().toLowerCase(java.util.Locale.ROOT));
        try (Scene scene = ground.scene(this, what)) {
            Running running = scene.start(ground.hv(ground.guests().talks()).output(stream));
            if (running.goesOnAfter(ground.pace().stretched(1 + FILLING_SECONDS))) {
                running.signal("TERM");
                scene.end(running, Expected.status(TERMINATED).within(2));
            } else {
                scene.end(running, Expected.documented());
            }
            return scene.row();
        }
    }

    private Row savedUnread(Ground ground) throws IOException, InterruptedException {
        try (Scene scene =
                ground.scene(this, "stdout that nobody reads, a guest that prints without an end, --save-at")) {
            Path file = scene.here().resolve("saved");
            Command command = ground.hv(ground.guests().talks("--save-at", "500ms=" + file))
                    .output(Stream.UNREAD);
            int status = scene.run(command, Expected.documented()).status();
            scene.require(status != 0 || Files.exists(file), "status 0 without a file");
            return scene.row();
        }
    }
}
