package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
import hv.faults.run.Running;
import hv.faults.trial.Ground;
import hv.faults.trial.OtherUser;
import hv.faults.trial.Report;
import hv.faults.trial.Row;
import hv.faults.trial.Scene;
import hv.faults.trial.Suite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Odd environments: variables, languages, temporary folders, other runs at the same time, a umask. */
public final class Surroundings implements Suite {
    private static final int SIDE_BY_SIDE = 6;
    private static final int FEW = 3;

    private record Odd(String name, String lines) {}

    @Override
    public String name() {
        return "environment";
    }

    @Override
    public void run(Ground ground, Report report) throws IOException, InterruptedException {
        variables(ground, report);
        folders(ground, report);
        report.add(sideBySide(ground));
        new Modes(this).run(ground, report);
        new Copies(this).run(ground, report);
    }

    private void variables(Ground ground, Report report) throws IOException, InterruptedException {
        List<Odd> all = List.of(
                new Odd("HOME unset", "unset HOME"),
                new Odd("HOME empty", "export HOME="),
                new Odd("HOME a folder that is not there", "export HOME=/none/none"),
                new Odd("LANG=C", "unset LC_ALL; export LANG=C"),
                new Odd("LC_ALL=POSIX", "export LC_ALL=POSIX"),
                new Odd("LC_ALL=tr_TR.UTF-8", "export LC_ALL=tr_TR.UTF-8"),
                new Odd("LC_ALL=xx_YY.nothing", "export LC_ALL=xx_YY.nothing"),
                new Odd("TMPDIR a folder that is not there", "export TMPDIR=/none/none"),
                new Odd("TMPDIR with blanks and quotes", "mkdir \"a b'c\"; export TMPDIR=\"$PWD/a b'c\""),
                new Odd("TMPDIR unwritable", "mkdir -m 555 no; export TMPDIR=$PWD/no"),
                new Odd("TERM=dumb", "export TERM=dumb"),
                new Odd("TERM unset, COLUMNS=0", "unset TERM; export COLUMNS=0"),
                new Odd("java.io.tmpdir not there", "export HV_JAVA_OPTIONS=-Djava.io.tmpdir=/none/none"),
                new Odd("umask 000", "umask 000"),
                new Odd("umask 777", "umask 777"),
                new Odd("a folder that was removed", "mkdir gone; cd gone; rmdir ../gone"),
                new Odd("all signals ignored", "trap '' INT TERM HUP QUIT PIPE USR1"),
                new Odd(
                        "almost no variables",
                        "for v in $(env | cut -d= -f1); do case $v in HV_FAULTS_MARK|JAVA_HOME|PATH) ;; *) unset $v 2>/dev/null;; esac; done"));
        for (Odd odd : ground.some(all, FEW)) {
            for (String[] words :
                    List.of(ground.guests().brief(ground.guests().backEnds().getFirst()), new String[] {"list"})) {
                report.add(ground.once(
                        this,
                        "%s: %s".formatted(odd.name(), Words.of(words)),
                        ground.hv(words).before(odd.lines()),
                        expected(odd)));
            }
        }
    }

    /** A folder that is not there is a mistake of the user's; everything else has to work. */
    private static Expected expected(Odd odd) {
        List<String> mistakes = List.of("java.io.tmpdir not there", "umask 777", "a folder that was removed");
        return mistakes.contains(odd.name()) ? Expected.documented() : Expected.status(0);
    }

    private void folders(Ground ground, Report report) throws IOException, InterruptedException {
        if (!ground.isolation().hasMounts()) {
            report.add(Row.skipped(name(), "/dev/shm missing or unwritable", "mounts are not allowed here"));
            return;
        }
        // A file that nobody can use covers the folder.
        List<Odd> all = List.of(
                new Odd(
                        "/dev/shm a file",
                        "mount --bind /dev/null /dev/shm 2>/dev/null || mount -t tmpfs -o mode=000,ro tmpfs /dev/shm"),
                new Odd("/dev/shm unwritable", "mount -t tmpfs -o ro tmpfs /dev/shm"),
                new Odd(
                        "/dev/shm without files that may be executed",
                        "mount -t tmpfs -o noexec,mode=1777 tmpfs /dev/shm"));
        for (Odd odd : ground.some(all, 1)) {
            Command command = ground.hv("list").before(odd.lines());
            report.add(ground.once(this, odd.name() + ": list", command, Expected.documented()));
            String[] words = ground.guests().brief(ground.guests().backEnds().getFirst());
            report.add(ground.once(
                    this, odd.name() + ": run", ground.hv(words).before(odd.lines()), Expected.documented()));
        }
        Optional<String> why = OtherUser.whyNot(ground.workspace());
        if (why.isPresent()) {
            report.add(Row.skipped(name(), "another user, whose temporary folders are unwritable", why.get()));
            return;
        }
        for (String folder : List.of("/dev/shm", "/dev/shm /tmp")) {
            Command command = ground.hv("run", "--cpu", "hv-vpindex")
                    .before("chmod 755 " + folder)
                    .under(OtherUser.WORDS);
            report.add(
                    ground.once(this, "another user, who may not write to " + folder, command, Expected.documented()));
        }
    }

    private Row sideBySide(Ground ground) throws IOException, InterruptedException {
        try (Scene scene = ground.scene(this, SIDE_BY_SIDE + " runs at once")) {
            List<Running> all = new ArrayList<>();
            for (int i = 0; i < SIDE_BY_SIDE; i++) {
                List<String> backEnds = ground.guests().backEnds();
                all.add(scene.start(ground.hv(ground.guests().brief(backEnds.get(i % backEnds.size())))));
            }
            for (Running running : all) {
                scene.end(running, Expected.status(0).unclean().within(4 * SIDE_BY_SIDE));
            }
            scene.requireClean();
            return scene.row();
        }
    }
}
