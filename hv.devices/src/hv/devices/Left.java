package hv.devices;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.machine.SectionReader;
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
    /** The channel is closed. */
    static final Left NOTHING = new Left(null, Map.of());

    /** The channel was opened, and nobody was there. */
    static final Left OPENED = new Left(null, Map.of());

    long bytes() {
        return section == null ? 0 : Section.bytes(section);
    }

    void give(VmbusDevice fresh) throws StateException {
        if (section != null) {
            StateSections all = new StateSections(new SavedState(List.of(section)));
            // An older version may come after a newer one, and says itself what it does not know.
            SectionReader reader = all.take(section.id(), SavedState.PARTITION, Integer.MAX_VALUE - 1);
            fresh.restore(new Section.Reader(reader));
            fresh.takeOver(objects);
        }
    }
}
