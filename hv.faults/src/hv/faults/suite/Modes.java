package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
import hv.faults.trial.Ground;
import hv.faults.trial.Report;
import hv.faults.trial.Row;
import hv.faults.trial.Scene;
import hv.faults.trial.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run makes in folders that everybody shares is its user's alone from the first instant, also under umask 000,
 * and no folder there is made twice: as strace sees it.
 */
final class Modes {
    private static final Pattern MADE = Pattern.compile(
            "\\d+ +(mkdir|mkdirat|openat|open|creat|rename|renameat|renameat2)\\(.*?\"(/dev/shm|/tmp)/([^\"/]+)\".*");
    private static final Pattern MODE = Pattern.compile(", 0([0-7]+)\\)");
    private static final int OTHERS = 077;

    private final Suite suite;

    Modes(Suite suite) {
        this.suite = suite;
    }

    void run(Ground ground, Report report) throws IOException, InterruptedException {
        Optional<String> missing = Ground.missing("strace");
        if (missing.isEmpty() && !ground.isolation().hasMounts()) {
            missing = Optional.of("mounts are not allowed here");
        }
        for (String[] words :
                List.of(ground.guests().brief(ground.guests().backEnds().getFirst()), new String[] {"list"})) {
            String what = "the modes of all that is made under umask 000: " + Words.of(words);
            report.add(
                    missing.isPresent()
                            ? Row.skipped(suite.name(), what, missing.get())
                            : watched(ground, what, words));
        }
    }

    private Row watched(Ground ground, String what, String... words) throws IOException, InterruptedException {
        try (Scene scene = ground.scene(suite, what)) {
            Path trace = scene.here().resolve("trace");
            Command command = ground.hv(words)
                    .before("umask 000")
                    .under("strace", "-f", "--seccomp-bpf", "-o", trace.toString(), "-e", "trace=%file");
            scene.run(command, Expected.status(0).within(8));
            judge(scene, Files.readAllLines(trace));
            return scene.row();
        }
    }

    private static void judge(Scene scene, List<String> lines) {
        Set<String> folders = new HashSet<>();
        int made = 0;
        for (String line : lines) {
            Matcher matcher = MADE.matcher(line);
            if (!matcher.matches()
                    || line.contains(" = -1 ")
                    || matcher.group(3).startsWith("hsperfdata_")) {
                continue;
            }
            String call = matcher.group(1);
            String path = matcher.group(2) + "/" + matcher.group(3);
            boolean isWhole = line.contains("\"" + path + "\"");
            if (!isWhole || call.startsWith("open") && !line.contains("O_CREAT")) {
                continue;
            }
            made++;
            Matcher mode = MODE.matcher(line);
            scene.require(
                    !mode.find() || (Integer.parseInt(mode.group(1), 8) & OTHERS) == 0,
                    "others may use " + line.strip());
            scene.require(!call.startsWith("rename"), "renamed in a shared folder: " + line.strip());
            scene.require(!call.startsWith("mkdir") || folders.add(path), "made twice: " + path);
        }
        scene.require(made > 0, "strace saw nothing that was made");
    }
}
