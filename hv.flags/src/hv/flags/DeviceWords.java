package hv.flags;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A device as people write it: {@code KIND[,name=NAME][,KEY=VALUE...]}. Which kinds there are, and which options they
 * have, is known only when their bundles run. Immutable.
 *
 * @param kind such as {@code heartbeat}
 * @param name its name in the guest; that of its kind unless one is given
 * @param options what else was said, by key
 */
public record DeviceWords(String kind, String name, Map<String, String> options) {
    private static final Pattern WORD = Pattern.compile("[a-z0-9]{1,32}");
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private static final String NAME_KEY = "name";

    /** Copies the options. */
    public DeviceWords {
        options = Map.copyOf(options);
    }

    /**
     * Reads the text.
     *
     * @throws IllegalArgumentException with words that say what to write instead, for behind the name of a command or
     *     an option
     */
    public static DeviceWords parse(String text) {
        List<String> parts = parts(text);
        String kind = parts.get(0);
        if (!WORD.matcher(kind).matches()) {
            throw refused("takes KIND[,name=NAME][,KEY=VALUE...]", text);
        }
        Map<String, String> options = new LinkedHashMap<>();
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            if (equals < 0 || !KEY.matcher(part.substring(0, equals)).matches()) {
                throw refused("takes KEY=VALUE behind the kind", part);
            }
            if (options.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
                throw refused("takes each key once", part);
            }
        }
        String name = options.containsKey(NAME_KEY) ? options.remove(NAME_KEY) : kind;
        if (!NAME.matcher(name).matches()) {
            throw refused("takes a name of 32 small letters, digits and - at most", name);
        }
        return new DeviceWords(kind, name, options);
    }

    /** What is between commas; one that belongs to a value is written twice, as for QEMU. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != ',') {
                part.append(text.charAt(i));
            } else if (i + 1 < text.length() && text.charAt(i + 1) == ',') {
                part.append(text.charAt(i++));
            } else {
                parts.add(part.toString());
                part.setLength(0);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private static IllegalArgumentException refused(String what, String typed) {
        return new IllegalArgumentException("%s, not '%s'".formatted(what, Shown.word(typed)));
    }
}
