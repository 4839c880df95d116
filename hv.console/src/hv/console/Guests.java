package hv.console;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The partition that a command is about: one that runs, or, with {@code --cpu FLAGS}, a fresh one without a CPU that is
 * closed after the command. Used by one thread for one command.
 */
final class Guests implements AutoCloseable {
    static final List<String> OPTIONS = List.of("--cpu", "--partition", "--smp");

    /** For commands that want a guest to be there. */
    static final String START_ONE = "no guest is running; start one with its console, as in ./hv run --console";

    private static final int MOST_VPS = 255;
    private static final long TIMEOUT_SECONDS = 5;
    private static final Duration LONGEST_SETTLING = Duration.ofSeconds(30);

    private final GuestPartition partition;
    private final boolean isOwn;

    private Guests(GuestPartition partition, boolean isOwn) {
        this.partition = partition;
        this.isOwn = isOwn;
    }

    /**
     * Finds or makes it.
     *
     * @throws UsageException if no guest runs, or the flags cannot start: all problems, one a line
     */
    static Guests of(Hypervisor hypervisor, Arguments arguments) {
        Optional<String> flags = arguments.option("--cpu");
        if (flags.isPresent()) {
            int vps = arguments
                    .option("--smp")
                    .map(text -> arguments.index("--smp", text))
                    .orElse(1);
            if (vps < 1 || vps > MOST_VPS) {
                throw new UsageException("--smp takes a number from 1 to %d, not '%d'".formatted(MOST_VPS, vps));
            }
            return new Guests(hosted(hypervisor, flags.get(), vps), true);
        }
        return new Guests(
                running(
                        hypervisor,
                        arguments,
                        "no guest is running; say which flags it would have, as in --cpu hv-vpindex"),
                false);
    }

    private static GuestPartition hosted(Hypervisor hypervisor, String flags, int vps) {
        try {
            Host host = BackEnd.of(
                    "hv.hosted", () -> HostedHost.builder().runningClock().build());
            GuestPartition made = hypervisor.create(flags, host);
            for (int vp = 0; vp < vps; vp++) {
                made.addVp();
            }
            return made;
        } catch (ConfigurationException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** The first partition, or the one of {@code --partition ID}; {@code none} is said if there is not one. */
    static GuestPartition running(Hypervisor hypervisor, Arguments arguments, String none) {
        return allRunning(hypervisor, arguments, none).get(0);
    }

    /** All partitions, or the one of {@code --partition ID}; {@code none} is said if there is not one. */
    static List<GuestPartition> allRunning(Hypervisor hypervisor, Arguments arguments, String none) {
        // What was started a moment ago is told as it comes out.
        hypervisor.settle(LONGEST_SETTLING);
        List<GuestPartition> open = hypervisor.partitions();
        if (open.isEmpty()) {
            throw new UsageException(none);
        }
        Optional<String> wanted = arguments.option("--partition");
        if (wanted.isEmpty()) {
            return open;
        }
        int id = arguments.index("--partition", wanted.get());
        List<GuestPartition> found =
                open.stream().filter(partition -> partition.id() == id).toList();
        if (found.isEmpty()) {
            throw new UsageException("there is no partition %d; there are %s"
                    .formatted(id, open.stream().map(GuestPartition::id).toList()));
        }
        return found;
    }

    GuestPartition partition() {
        return partition;
    }

    /** Does something on a VP's thread: at once if nobody runs it, otherwise when it next leaves the guest. */
    <T> T onVp(int index, VpTask<T> task) throws Exception {
        if (index >= partition.vpCount()) {
            throw new UsageException("there is no VP %d; the partition has %d".formatted(index, partition.vpCount()));
        }
        GuestVp vp = partition.vp(index);
        if (isOwn) {
            return task.on(vp);
        }
        Callable<T> call = () -> task.on(vp);
        try {
            return vp.submit(call).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new IllegalStateException("VP %d did not answer within %d s".formatted(index, TIMEOUT_SECONDS), e);
        }
    }

    /** What is done with a VP on its thread. */
    @FunctionalInterface
    interface VpTask<T> {
        T on(GuestVp vp) throws Exception;
    }

    @Override
    public void close() {
        if (isOwn) {
            partition.close();
        }
    }
}
