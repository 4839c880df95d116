package hv.soak;

import hv.api.host.GuestPartition;
import hv.machine.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** The guest of a soak on one of the back ends, running. Any thread. */
interface SoakGuest extends AutoCloseable {
    GuestPartition partition();

    /** What runs it, if that is a machine. */
    Optional<Machine> machine();

    /** What the guest has written so far. */
    String report();

    /** Whether it has not ended yet. */
    boolean isRunning();

    /** Waits until the guest has ended; false if it has not by then. */
    boolean await(long nanos) throws InterruptedException;

    /** Has the back end let go of what it keeps for onlookers: that is bounded, but takes a while to fill. */
    void tidy();

    /**
     * Has it go on from a file in a machine of its own; the one before is ended.
     *
     * @param left sees the partition that is left, which has done its last
     * @throws IOException if that fails, or this back end cannot
     */
    void move(Path file, Consumer<GuestPartition> left) throws IOException;

    /** Ends it if it runs. Idempotent; afterwards nothing of it is left but the partition's counters. */
    @Override
    void close();
}
