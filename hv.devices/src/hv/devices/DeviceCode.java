package hv.devices;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.machine.StateBuffer;
import hv.api.vmbus.VmbusDevice;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calls what is a device's own code about its state, for a limited time, and puts what comes of it into sections. Any
 * thread.
 *
 * @param workers on whose threads that is done
 */
record DeviceCode(WorkerThreads workers) {
    private static final long SECONDS = 5;

    /** Beside the device's own values: whether there are any. */
    private static final String HAS_STATE = "place.hasState";

    /** What a device says that its successor needs. */
    SavedState.Section saved(VmbusDevice leaving, String id, int stateVersion) throws RefusedException {
        StateBuffer.Writer out = new StateBuffer.Writer(Left.MOST_BYTES);
        workers.limited("its state", SECONDS, () -> {
            leaving.save(out);
            return true;
        });
        return out.section(id, SavedState.PARTITION, stateVersion);
    }

    /** What a device leaves to its successor. */
    Left left(VmbusDevice leaving, String id, int stateVersion) throws RefusedException {
        SavedState.Section section = saved(leaving, id, stateVersion);
        return new Left(section, workers.limited("what it hands over", SECONDS, leaving::handOver));
    }

    /** Gives a device what its predecessor has left. */
    void give(Left left, VmbusDevice fresh) throws RefusedException {
        workers.limited("it does not take its predecessor's state", SECONDS, () -> {
            left.give(fresh);
            return true;
        });
    }

    /**
     * A section of a saved machine.
     *
     * @param state what the device has said; null if it has nothing to say
     */
    static SavedState.Section section(String id, SavedState.Section state, int stateVersion) {
        Map<String, Long> values = new TreeMap<>(state == null ? Map.of() : state.values());
        values.put(HAS_STATE, state == null ? 0L : 1L);
        return new SavedState.Section(
                id,
                SavedState.PARTITION,
                state == null ? stateVersion : state.version(),
                values,
                state == null ? Map.of() : state.bytes());
    }

    /** Gives a device such a section; false if there is nothing in it. */
    boolean restore(VmbusDevice fresh, SectionReader saved) throws StateException {
        boolean hasState = saved.flag(HAS_STATE);
        if (hasState) {
            try {
                workers.limited("the device cannot take it", SECONDS, () -> {
                    fresh.restore(new StateBuffer.Reader(saved));
                    return true;
                });
            } catch (RefusedException e) {
                throw e.getCause() instanceof StateException known ? saved.named(known) : saved.bad(e.getMessage());
            }
        }
        return hasState;
    }
}
