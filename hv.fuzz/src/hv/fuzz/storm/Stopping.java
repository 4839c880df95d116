package hv.fuzz.storm;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.GuestPartition;
import hv.fuzz.target.Finding;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A VMM that stops its VPs to save and restore, to reset, or because the guest has come to a processor with another
 * TSC.
 */
final class Stopping extends Worker {
    private static final long LOWEST_HZ = 1_000_000_000;

    private final ReentrantLock changes;
    private final Runnable wake;

    /** With the lock that keeps changes and stops apart, and what makes VPs leave the guest. */
    Stopping(Weather weather, long seed, ReentrantLock changes, Runnable wake) {
        super(weather, seed);
        this.changes = changes;
        this.wake = wake;
    }

    @Override
    void once() throws Exception {
        Weather.rest(choices, 60_000);
        changes.lockInterruptibly();
        try {
            weather.gate().whileStopped(wake, this::stopped);
        } finally {
            changes.unlock();
        }
    }

    private void stopped() {
        GuestPartition partition = weather.partition();
        switch (choices.below(4)) {
            case 0 -> partition.reset();
            case 1 -> {
                long hertz = LOWEST_HZ + choices.below(1 << 30);
                weather.host().setTscFrequency(hertz);
                partition.tscFrequencyChanged(hertz);
            }
            default -> {
                SavedState saved = partition.save();
                try {
                    partition.restore(saved);
                } catch (StateException e) {
                    throw new Finding("a state that was saved is refused", e);
                }
            }
        }
        weather.did(Storm.STOPS);
    }
}
