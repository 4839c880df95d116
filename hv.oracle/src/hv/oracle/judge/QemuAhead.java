package hv.oracle.judge;

import hv.lab.rig.UnusableException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * QEMU with an accelerator, started as often at once as the machine has processors, for answers that are asked for
 * later. For one thread.
 */
public final class QemuAhead implements AutoCloseable {
    private final Qemu qemu;
    private final String accelerator;
    private final Map<String, Future<Outcome>> outcomes = new HashMap<>();
    private final ExecutorService workers =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    /** With nothing started. */
    public QemuAhead(Qemu qemu, String accelerator) {
        this.qemu = qemu;
        this.accelerator = accelerator;
    }

    /** Begins to start it with a processor. */
    public void prepare(String cpu) {
        outcomes.computeIfAbsent(cpu, key -> workers.submit(() -> qemu.start(accelerator, key)));
    }

    /** What came of it. */
    public Outcome start(String cpu) throws UnusableException, InterruptedException {
        prepare(cpu);
        try {
            return outcomes.get(cpu).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnusableException unusable
                    ? unusable
                    : new UnusableException("QEMU cannot be started: " + e.getCause(), e);
        }
    }

    /** The accelerator. */
    public String accelerator() {
        return accelerator;
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
