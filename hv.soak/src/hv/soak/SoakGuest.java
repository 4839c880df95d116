package hv.soak;

import hv.api.host.GuestPartition;
import hv.machine.Machine;
import java.util.Optional;

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

    /** Ends it if it runs. Idempotent; afterwards nothing of it is left but the partition's counters. */
    @Override
    void close();
}
