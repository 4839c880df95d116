package hv.explain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Names that others use for what has another name here. Immutable. */
final class OtherNames {
    private final Map<String, Other> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /**
     * A name.
     *
     * @param here what it is called here
     * @param whose who says so
     */
    record Other(String here, String whose) {}

    OtherNames() {
        Facts.table("othernames.txt", 3).forEach(row -> names.put(row[0], new Other(row[1], row[2])));
    }

    List<String> all() {
        return List.copyOf(names.keySet());
    }

    Optional<Other> find(String name) {
        return Optional.ofNullable(names.get(name));
    }
}
