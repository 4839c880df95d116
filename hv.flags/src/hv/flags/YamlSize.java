package hv.flags;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How large a document of YAML is for whoever writes it out: an alias costs nothing to read, and stands for all that is
 * behind its anchor. Used by one thread for one document.
 */
final class YamlSize {
    private static final long TIMES = 10;
    private static final long ALWAYS = 10_000;

    private final long most;
    private final Map<Object, Long> sizes = new IdentityHashMap<>();
    private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());

    /** For a document in a text of so many characters. */
    YamlSize(int length) {
        most = TIMES * length + ALWAYS;
    }

    /**
     * Refuses what is inside itself, and what aliases make far larger than its text.
     *
     * @throws UnusableTextException with one line
     */
    void require(Object document) throws UnusableTextException {
        of(document);
    }

    private long of(Object value) throws UnusableTextException {
        if (value instanceof String text) {
            return text.length() + 1L;
        }
        if (!(value instanceof Map || value instanceof List)) {
            return 1;
        }
        Long known = sizes.get(value);
        if (known != null) {
            return known;
        }
        if (!open.add(value)) {
            throw new UnusableTextException(
                    "the YAML cannot be read: an alias stands for something that it is inside of");
        }
        long size = 1;
        if (value instanceof Map<?, ?> map) {
            size += ofAll(map.keySet()) + ofAll(map.values());
        } else {
            size += ofAll((List<?>) value);
        }
        open.remove(value);
        sizes.put(value, size);
        return size;
    }

    private long ofAll(Collection<?> values) throws UnusableTextException {
        long size = 0;
        for (Object value : values) {
            size += of(value);
            if (size > most) {
                throw new UnusableTextException("the YAML cannot be read: its aliases stand for too much");
            }
        }
        return size;
    }
}
