package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
import hv.faults.run.Outcome;
import hv.faults.run.Running;
import hv.faults.run.Stream;
import hv.faults.trial.Ground;
import hv.faults.trial.Report;
import hv.faults.trial.Row;
import hv.faults.trial.Scene;
import hv.faults.trial.Suite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Signals at random moments of a start, a run, a save, a restore and a swap, on a terminal and without one. */
public final class Signals implements Suite {
    private static final int ROUNDS = 30;
    private static final int SHORT_ROUNDS = 5;
    private static final double SOON_SECONDS = 2;
    private static final int TERM = 143;

    /** Statuses of those that end a run. */
    private static final Map<String, Integer> DEADLY = Map.of("INT", 130, "TERM", 143, "HUP", 129);

    /** What a run must not mind, and the status when it comes before there is a run, in the shell that starts it. */
    private static final Map<String, Integer> HARMLESS =
            Map.of("QUIT", 131, "WINCH", 0, "PIPE", 141, "CHLD", 0, "TSTP", 0, "USR1", 138, "ALRM", 142);

    private static final List<String> KINDS =
            List.of("INT", "TERM", "HUP", "INT", "TERM", "HUP", "USR1", "ALRM", "QUIT", "WINCH", "PIPE", "TSTP");

    /** What is done when the signal comes. */
    enum Moment {
        START,
        RUN,
        SAVE,
        RESTORE,
        SWAP
    }

    @Override
    public String name() {
        return "signals";
    }

    @Override
    public void run(Ground ground, Report report) throws IOException, InterruptedException {
        Random random = ground.random(this);
        Saved saved = new Saved(ground);
        boolean hasTerminals = Ground.missing("script", "stty").isEmpty();
        if (!hasTerminals) {
            report.add(Row.skipped(name(), "on a terminal", "there is no script or no stty"));
        }
        int rounds = ground.isShort() ? SHORT_ROUNDS : ROUNDS;
        for (int i = 0; i < rounds; i++) {
            String signal = KINDS.get(random.nextInt(KINDS.size()));
            Moment moment = Moment.values()[i % Moment.values().length];
            boolean isAtTerminal = random.nextBoolean() && hasTerminals;
            report.add(new Signalled(this, ground, saved, signal, moment, isAtTerminal).row(random.nextDouble()));
        }
        for (String signal : List.of("USR1", "ALRM", "QUIT", "PIPE", "TSTP", "HUP")) {
            if (!ground.isShort()) {
                report.add(new Signalled(this, ground, saved, signal, Moment.RUN, hasTerminals).row(0));
            }
        }
        if (hasTerminals) {
            keys(ground, report);
        }
    }

    /** One signal, and what came of it. */
    private record Signalled(
            Suite suite, Ground ground, Saved saved, String signal, Moment moment, boolean isAtTerminal) {
        Row row(double when) throws IOException, InterruptedException {
            String where = isAtTerminal ? "on a terminal" : "without a terminal";
            String what =
                    "SIG%s during %s, %s".formatted(signal, moment.name().toLowerCase(java.util.Locale.ROOT), where);
            try (Scene scene = ground.scene(suite, what)) {
                Path file = saved.copyTo(scene.here());
                Running running = begin(scene, file);
                running.goesOnAfter(delay(when));
                running.signal(signal);
                Outcome outcome = HARMLESS.containsKey(signal) ? goesOn(scene, running) : ends(scene, running);
                if (moment == Moment.SAVE) {
                    saved.requireWhole(scene, file);
                }
                if (outcome.terminal().isPresent()) {
                    outcome.terminal()
                            .get()
                            .changeWhileStopped()
                            .ifPresent(change -> scene.require(
                                    false, "the terminal is not as before while the run is stopped: " + change));
                }
                return scene.row();
            }
        }

        private Running begin(Scene scene, Path file) throws IOException, InterruptedException {
            String[] words = switch (moment) {
                case START, RUN -> ground.guests().waits();
                case SAVE -> ground.guests().heavy("--save-at", "100ms=" + file);
                case RESTORE -> new String[] {"run", "--restore", file.toString()};
                case SWAP -> ground.guests().waits("--console");
            };
            Command command = ground.hv(words).input(Stream.PIPE);
            Running running = scene.start(isAtTerminal ? command.atTerminal() : command);
            if (moment != Moment.START && moment != Moment.RESTORE) {
                running.awaitPrinted(ground.guests().isUp(), ground.pace().stretched(10));
            }
            if (moment == Moment.SWAP) {
                running.type("hv:swap time\n".repeat(200));
            }
            return running;
        }

        /** In seconds, so that all of what is done is covered. */
        private double delay(double when) {
            double most = switch (moment) {
                case START -> 1;
                case RUN, SAVE -> 0.4;
                case RESTORE -> 1.5;
                case SWAP -> 0.8;
            };
            return when * ground.pace().stretched(most);
        }

        private Outcome ends(Scene scene, Running running) throws IOException, InterruptedException {
            Expected expected = Expected.status(DEADLY.get(signal)).within(SOON_SECONDS);
            // A save may be over before the signal comes.
            expected = moment == Moment.SAVE ? expected.or(0) : expected;
            expected = moment == Moment.START || moment == Moment.RESTORE ? expected.orEndInJava() : expected;
            return scene.end(running, expected);
        }

        private Outcome goesOn(Scene scene, Running running) throws IOException, InterruptedException {
            if (signal.equals("TSTP")) {
                running.goesOnAfter(ground.pace().stretched(0.2));
                running.signal("CONT");
            }
            Expected expected = Expected.status(TERM).within(SOON_SECONDS);
            if (moment == Moment.SAVE) {
                expected = expected.or(0);
            }
            if (moment == Moment.START || moment == Moment.RESTORE) {
                expected = expected.or(HARMLESS.get(signal));
            }
            if (signal.equals("QUIT")) {
                expected = expected.withThreads();
            }
            if (running.goesOnAfter(ground.pace().stretched(0.3))) {
                running.signal("TERM");
            }
            return scene.end(running, expected);
        }
    }

    private void keys(Ground ground, Report report) throws IOException, InterruptedException {
        record Key(String name, String text, String[] words, Expected expected) {}
        String[] waits = ground.guests().waits();
        String[] console = ground.guests().waits("--console");
        List<Key> all = List.of(
                new Key("Ctrl-]", "\u001d", waits, Expected.documented().within(SOON_SECONDS)),
                new Key(
                        "Ctrl-C in the console, then Ctrl-D",
                        "\u0003\u0004",
                        console,
                        Expected.documented().or(130, TERM).lines(8)),
                new Key(
                        "Ctrl-D in the console",
                        "\u0004",
                        console,
                        Expected.documented().or(130, TERM).lines(8)));
        for (Key key : ground.some(all, 1)) {
            if (key.text().equals("\u001d") && !ground.guests().hasKvm()) {
                report.add(Row.skipped(name(), key.name(), "there is no /dev/kvm"));
                continue;
            }
            try (Scene scene = ground.scene(this, key.name() + " on a terminal")) {
                Running running = scene.start(ground.hv(key.words()).atTerminal());
                running.awaitPrinted(ground.guests().isUp(), ground.pace().stretched(10));
                running.goesOnAfter(ground.pace().stretched(0.5));
                running.type(key.text());
                if (running.goesOnAfter(ground.pace().stretched(SOON_SECONDS))) {
                    running.signal("TERM");
                }
                scene.end(running, key.expected());
                report.add(scene.row());
            }
        }
        for (boolean isConsole : ground.isShort() ? List.of(false) : List.of(false, true)) {
            report.add(closed(ground, isConsole ? console : waits));
        }
    }

    private Row closed(Ground ground, String... words) throws IOException, InterruptedException {
        try (Scene scene = ground.scene(this, "the terminal is closed: " + Words.of(words))) {
            Running running = scene.start(ground.hv(words).atTerminal());
            running.awaitPrinted(ground.guests().isUp(), ground.pace().stretched(10));
            long pid = running.pid();
            running.closeTerminal();
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            boolean hasEnded = process.isEmpty()
                    || Waiting.hasEnded(process.get(), ground.pace().stretched(SOON_SECONDS));
            scene.require(hasEnded, "the run outlives its terminal");
            scene.end(running, new Expected(java.util.Set.of(), false, 4, true, false, false, 10));
            return scene.row();
        }
    }
}
