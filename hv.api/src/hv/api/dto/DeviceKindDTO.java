package hv.api.dto;

import java.util.Map;

/**
 * A deployed kind of device.
 *
 * @param id as {@code heartbeat}
 * @param title a few words
 * @param bundle symbolic name and version of what provides it, or the module's name
 * @param options what may be said when one is plugged in, by name, each with a sentence
 */
public record DeviceKindDTO(String id, String title, String bundle, Map<String, String> options) {
    /** Copies the map. */
    public DeviceKindDTO {
        options = Map.copyOf(options);
    }
}
