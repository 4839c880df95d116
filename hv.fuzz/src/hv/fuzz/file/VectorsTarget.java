package hv.fuzz.file;

import hv.api.host.Hypervisor;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.fuzz.target.Target;
import hv.replay.Backend;
import hv.replay.FileReport;
import hv.replay.Replayer;
import hv.replay.VectorFormatException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file of recorded answers. Has to hold: a refusal is one line that names the place; a file that was found good can
 * be replayed to its end; and replayed again it has the same outcome.
 */
public final class VectorsTarget implements Target {
    private static final int MOST_MILLIS = 5_000;
    private static final int MOST_BYTES = 600 << 20;

    private final Replayer replayer;
    private final ScratchFile scratch = new ScratchFile();
    private final Effort effort = new Effort();
    private final LogWatch log = new LogWatch();

    /** Replays on guests of {@code hypervisor} without a CPU. */
    public VectorsTarget(Hypervisor hypervisor) {
        replayer = new Replayer(hypervisor, Backend.HOSTED);
    }

    @Override
    public int run(byte[] input) throws IOException {
        Path file = scratch.with(input);
        effort.begin();
        int operations = judge(file);
        effort.end("a file of %d bytes".formatted(input.length), MOST_MILLIS, MOST_BYTES);
        log.check();
        return operations;
    }

    private int judge(Path file) {
        try {
            Replayer.check(file);
        } catch (VectorFormatException e) {
            OneLine.check("refusal", e.getMessage());
            return 1;
        }
        FileReport report = replay(file);
        String again = replay(file).text();
        if (!report.text().equals(again)) {
            throw new Finding("the same file has had two outcomes: %s%n%s".formatted(report.text(), again));
        }
        return 2 * report.operations() + 1;
    }

    private FileReport replay(Path file) {
        try {
            FileReport report = replayer.replay(file, true);
            report.text().lines().forEach(line -> OneLine.check("report", line));
            return report;
        } catch (VectorFormatException e) {
            throw new Finding("a file that was found good is refused", e);
        }
    }
}
