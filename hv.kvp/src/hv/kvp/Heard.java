package hv.kvp;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What a guest has told. Immutable. */
record Heard(Map<String, String> pairs, Map<String, String> addresses) {
    static final Heard NOTHING = new Heard(Map.of(), Map.of());

    Heard {
        pairs = Collections.unmodifiableMap(new TreeMap<>(pairs));
        addresses = Collections.unmodifiableMap(new TreeMap<>(addresses));
    }
}
