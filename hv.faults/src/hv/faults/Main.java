package hv.faults;

import hv.faults.suite.Disks;
import hv.faults.suite.Ioctls;
import hv.faults.suite.Limits;
import hv.faults.suite.Pipes;
import hv.faults.suite.Signals;
import hv.faults.suite.Surroundings;
import hv.faults.trial.Ground;
import hv.faults.trial.Report;
import hv.faults.trial.Suite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./hv faults}: does to the built program what the world does, system calls that fail, full disks, closed pipes,
 * signals, small limits, odd surroundings, and judges how it ends. Every trial is a process, started as a user starts
 * it.
 */
public final class Main {
    private static final List<Suite> SUITES =
            List.of(new Ioctls(), new Disks(), new Pipes(), new Signals(), new Limits(), new Surroundings());

    private Main() {}

    /** Exit status 0 if nothing failed, 1 if something did, 2 with one line on stderr when it cannot be run. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args));
    }

    private static int run(String... args) throws InterruptedException {
        try {
            FaultsOptions options =
                    FaultsOptions.parse(SUITES.stream().map(Suite::name).toList(), args);
            String workspace = System.getProperty("hv.workspace");
            if (workspace == null) {
                throw new UnusableException("start it with ./hv faults");
            }
            Report report = new Report(System.out);
            Ground ground = Ground.prepare(Path.of(workspace), options.isShort(), options.seed());
            report.say(ground.toString());
            for (Suite suite : SUITES) {
                if (options.only().isEmpty() || options.only().contains(suite.name())) {
                    suite.run(ground, report);
                }
            }
            report.end();
            return report.hasFailed() ? 1 : 0;
        } catch (UnusableException | IOException e) {
            System.err.println("hv faults: " + e.getMessage());
            return 2;
        }
    }
}
