package hv.partition;

import hv.api.CrashReport;
import hv.api.PowerEvent;
import hv.partition.failure.Failures;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What the guest asked for that only the VMM can do: logged, and its crash reports kept. A guest may
 * crash in a loop; neither log nor memory grows with it. Any thread.
 */
final class PowerLog {
    static final int MAX_CRASHES = 16;

    private static final System.Logger LOG = System.getLogger("hv.partition");

    private final int partition;
    private final Deque<CrashReport> crashes = new ArrayDeque<>();
    private long events;

    PowerLog(int partition) {
        this.partition = partition;
    }

    /** Writes it down. */
    synchronized void record(PowerEvent event) {
        events++;
        if (event instanceof PowerEvent.Crash crash) {
            if (crashes.size() == MAX_CRASHES) {
                crashes.removeFirst();
            }
            crashes.addLast(crash.report());
        }
        if (events <= MAX_CRASHES || Failures.isPowerOfTen(events)) {
            LOG.log(System.Logger.Level.WARNING, "partition {0}: {1}", partition, describe(event));
        }
    }

    private static String describe(PowerEvent event) {
        if (!(event instanceof PowerEvent.Crash crash)) {
            return "VP " + event.vp() + " asks for a reset";
        }
        CrashReport report = crash.report();
        return "VP %d: Guest crashed, HV crash parameters: %s%s"
                .formatted(
                        event.vp(),
                        report.parameters(),
                        report.message().isEmpty() ? "" : "\n" + report.quotedMessage());
    }

    /** The newest crash reports, oldest first. */
    synchronized List<CrashReport> crashes() {
        return List.copyOf(crashes);
    }
}
