package hv.api.dto;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A device of a guest, or the bus, at one moment.
 *
 * @param name its name in the guest; {@code vmbus} for the bus
 * @param kind its kind
 * @param state whether somebody is in its place
 * @param bundle bundle name and version that is in place, or was last
 * @param since since when it is so
 * @param channel what the guest has made of it, as {@code open}; for people
 * @param number the channel's number (relid); 0 if the guest has not been told of it
 * @param signals how often the guest has signalled
 * @param failures how often its code has failed
 * @param lastFailure one line about the last time; empty if it has not
 * @param facts what it says of itself, by name; a guest's words among it are not made safe
 */
public record DeviceDTO(
        String name,
        String kind,
        PlaceDTO.State state,
        String bundle,
        Instant since,
        String channel,
        int number,
        long signals,
        long failures,
        String lastFailure,
        Map<String, String> facts) {
    /** Copies the map, sorted by name. */
    public DeviceDTO {
        facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }
}
