package hv.partition;

import hv.api.CrashReport;
import hv.api.PowerEvent;
import hv.api.host.GuestPartition;
import hv.api.host.PartitionListener;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What the guest asked for that only the VMM can do: told to listeners, logged, and its crash reports kept. A guest may
 * crash in a loop; neither log nor memory grows with it. Any thread.
 */
final class PowerLog {
    static final int MAX_CRASHES = 16;

    private static final System.Logger LOG = System.getLogger("hv.partition");

    private final GuestPartition partition;
    private final List<PartitionListener> serviceListeners;
    private final List<PartitionListener> listeners = new CopyOnWriteArrayList<>();
    private final Failures failures;
    private final Deque<CrashReport> crashes = new ArrayDeque<>();
    private long events;

    PowerLog(GuestPartition partition, List<PartitionListener> serviceListeners, Failures failures) {
        this.partition = partition;
        this.serviceListeners = serviceListeners;
        this.failures = failures;
    }

    void add(PartitionListener listener) {
        listeners.add(listener);
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
            LOG.log(System.Logger.Level.WARNING, "partition {0}: {1}", partition.id(), describe(event));
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

    /** Tells everybody. */
    void tell(PowerEvent event) {
        tell(serviceListeners, event);
        tell(listeners, event);
    }

    private void tell(List<PartitionListener> audience, PowerEvent event) {
        for (PartitionListener listener : audience) {
            try {
                listener.power(partition, event);
            } catch (Throwable e) {
                failures.record(Failures.LISTENER, Callback.POWER, e);
            }
        }
    }

    /** The newest crash reports, oldest first. */
    synchronized List<CrashReport> crashes() {
        return List.copyOf(crashes);
    }
}
