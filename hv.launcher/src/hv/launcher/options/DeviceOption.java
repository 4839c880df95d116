package hv.launcher.options;

import hv.flags.DeviceWords;
import hv.flags.Shown;
import java.util.List;
import java.util.Map;

/**
 * A device that the guest is to have on its VMBus, as {@code --device KIND[,name=NAME][,KEY=VALUE...]} says it. Which
 * kinds there are, and which options they have, is known only when their bundles run. Immutable.
 *
 * @param kind such as {@code heartbeat}
 * @param name its name in the guest; that of its kind unless one is given
 * @param options what else was said, by key
 */
public record DeviceOption(String kind, String name, Map<String, String> options) {
    /** Copies the options. */
    public DeviceOption {
        options = Map.copyOf(options);
    }

    /** The controller with the disks of {@code --disk}, in their order. */
    static DeviceOption disks(List<String> disks) {
        return new DeviceOption("storvsc", "storvsc", Map.of("disks", String.join("\n", disks)));
    }

    /**
     * Reads the text behind {@code --net}, as {@code user} or {@code tap=NAME,mac=52:54:00:12:34:56}.
     *
     * @param number how many there are before it
     * @throws IllegalArgumentException with one line that says what to write instead
     */
    static DeviceOption network(String text, int number) {
        boolean isUser = text.equals("user") || text.startsWith("user,");
        String words = isUser ? "user=on" + text.substring("user".length()) : text;
        if (!words.matches("(?:user|tap|socket)=.+")) {
            throw new IllegalArgumentException(
                    "--net takes user, tap=NAME or socket=PATH, and behind it perhaps ,mac=52:54:00:12:34:56, not '%s'"
                            .formatted(Shown.word(text)));
        }
        try {
            DeviceWords all = DeviceWords.parse("netvsc,name=net%d,%s".formatted(number, words));
            return new DeviceOption(all.kind(), all.name(), all.options());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--net " + e.getMessage(), e);
        }
    }

    /**
     * Reads the text behind {@code --device}.
     *
     * @throws IllegalArgumentException with one line that says what to write instead
     */
    static DeviceOption parse(String text) {
        try {
            DeviceWords words = DeviceWords.parse(text);
            return new DeviceOption(words.kind(), words.name(), words.options());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--device " + e.getMessage(), e);
        }
    }
}
