package hv.devices;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.machine.StateBuffer;
import hv.api.machine.StateSections;
import hv.api.vmbus.VmbusDevice;
import java.util.List;
import java.util.Map;

/**
 * What a device leaves to its successor.
 *
 * @param section its state; null if there is none, because the channel is closed or nobody has begun with it
 * @param objects what no state can hold
 */
record Left(SavedState.Section section, Map<String, Object> objects) {
    /** The channel is closed, or was opened while nobody was there. */
    static final Left NOTHING = new Left(null, Map.of());

    /** Of all byte strings of one section: a bus can have much to say. */
    static final long MOST_BYTES = 16 << 20;

    long bytes() {
        return section == null ? 0 : bytes(section);
    }

    /** How many bytes a section has, roughly. */
    static long bytes(SavedState.Section section) {
        return section.bytes().values().stream().mapToLong(each -> each.length).sum()
                + (long) section.values().size() * Long.BYTES;
    }

    void give(VmbusDevice fresh) throws StateException {
        if (section != null) {
            StateSections all = new StateSections(new SavedState(List.of(section)));
            // An older version may come after a newer one, and says itself what it does not know.
            SectionReader reader = all.take(section.id(), SavedState.PARTITION, Integer.MAX_VALUE - 1);
            fresh.restore(new StateBuffer.Reader(reader));
            fresh.takeOver(objects);
        }
    }
}
