package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
import hv.faults.run.Outcome;
import hv.faults.trial.Ground;
import hv.faults.trial.Row;
import hv.faults.trial.Scene;
import hv.faults.trial.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The guest's memory cannot be had. Which of the thread's mmap calls asks for it differs a little from run to run, so
 * that it is tried until the right one has failed.
 */
final class GuestMemory {
    private static final Pattern LINE = Pattern.compile("(\\d+) +mmap\\((?:NULL|0x\\w+), (\\d+), .*");

    /** An amount that nothing else asks for. */
    private static final int MIB = 1234;

    private static final int TRIES = 12;
    private static final double LIMIT_SECONDS = 10;

    private final Suite suite;

    GuestMemory(Suite suite) {
        this.suite = suite;
    }

    Row refused(Ground ground) throws IOException, InterruptedException {
        String what = "the guest's memory cannot be had (ENOMEM)";
        int count = 0;
        for (int i = 0; i < TRIES; i++) {
            try (Scene scene = ground.scene(suite, what)) {
                Path trace = scene.here().resolve("trace");
                Command command = ground.hv(ground.guests().brief("kvm", "--memory", MIB + "M"))
                        .under("strace", "-f", "--seccomp-bpf", "-o", trace.toString(), "-e", "trace=mmap");
                if (count > 0) {
                    command.under("-e", "inject=mmap:error=ENOMEM:when=" + count);
                }
                Outcome outcome = scene.start(command).end(ground.pace().stretched(LIMIT_SECONDS));
                List<String> lines = Files.readAllLines(trace);
                if (lines.stream().anyMatch(line -> isWanted(line) && line.contains("(INJECTED)"))) {
                    scene.judge(outcome, Expected.documented().within(LIMIT_SECONDS));
                    return scene.row();
                }
                // If a call of the JVM's own has failed instead, that is the JVM's business.
                int asked = count(lines);
                count = asked == 0 ? count : asked;
            }
        }
        return Row.skipped(suite.name(), what, "the call was not hit in %d tries".formatted(TRIES));
    }

    private static boolean isWanted(String line) {
        Matcher matcher = LINE.matcher(line);
        return matcher.matches() && Math.abs(Long.parseLong(matcher.group(2)) / (1 << 20) - MIB) < 8;
    }

    /** How many calls the thread had made when it asked for it. */
    private static int count(List<String> lines) {
        Map<String, Integer> counts = new HashMap<>();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                int count = counts.merge(matcher.group(1), 1, Integer::sum);
                if (isWanted(line)) {
                    return count;
                }
            }
        }
        return 0;
    }
}
