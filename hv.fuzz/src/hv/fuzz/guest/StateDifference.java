package hv.fuzz.guest;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says in what two saved states differ. */
final class StateDifference {
    private StateDifference() {}

    /** A place, the old value and the new one for each difference; empty if the two are equal. */
    static String of(SavedState one, SavedState two) {
        Map<String, String> before = flat(one);
        Map<String, String> after = flat(two);
        StringBuilder difference = new StringBuilder();
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            String old = before.getOrDefault(name, "none");
            String now = after.getOrDefault(name, "none");
            if (!old.equals(now)) {
                difference
                        .append(' ')
                        .append(name)
                        .append(' ')
                        .append(old)
                        .append(" -> ")
                        .append(now);
            }
        }
        return difference.toString();
    }

    private static Map<String, String> flat(SavedState state) {
        Map<String, String> all = new TreeMap<>();
        for (Section section : state.sections()) {
            String place = section.id() + "/" + section.vp();
            all.put(place, "v" + section.version());
            section.values().forEach((name, value) -> all.put(place + "." + name, "0x" + Long.toHexString(value)));
            section.bytes()
                    .forEach((name, value) ->
                            all.put(place + "." + name, HexFormat.of().formatHex(value)));
        }
        return all;
    }
}
