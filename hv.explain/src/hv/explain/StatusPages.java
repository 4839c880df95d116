package hv.explain;

import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What there is to say about a status of a hypercall. Immutable. */
final class StatusPages {
    private static final String PREFIX = "HV_STATUS_";
    private static final Pattern OF_WINDOWS = Pattern.compile("^(?:STATUS_HV_|ERROR_HV_)");

    private final Map<Long, Status> statuses = new TreeMap<>();
    private final Map<String, Long> byName = new HashMap<>();

    private record Status(String name, String meaning) {}

    StatusPages() {
        for (String[] row : Facts.table("statuses.txt", 3)) {
            long number = Numbers.parse(row[0]).orElseThrow();
            statuses.put(number, new Status(row[1], row[2]));
            byName.put(row[1], number);
        }
    }

    List<String> names() {
        return statuses.values().stream().map(Status::name).toList();
    }

    Optional<Section> numbered(long number) {
        return Optional.ofNullable(statuses.get(number)).map(status -> page(number, status));
    }

    Optional<Section> named(String name) {
        String typed = name.toUpperCase(Locale.ROOT).replace('-', '_');
        String plain = OF_WINDOWS.matcher(typed).replaceFirst(PREFIX);
        String wanted = plain.startsWith(PREFIX) ? plain : PREFIX + plain;
        return Optional.ofNullable(byName.get(wanted)).map(number -> page(number, statuses.get(number)));
    }

    /** As "3 HV_STATUS_INVALID_HYPERCALL_INPUT", or the number alone. */
    String name(long number) {
        Status status = statuses.get(number);
        return "0x" + Long.toHexString(number) + (status == null ? "" : " " + status.name());
    }

    /** What it says. */
    Optional<String> meaning(long number) {
        return Optional.ofNullable(statuses.get(number)).map(Status::meaning);
    }

    boolean isKnown(long number) {
        return statuses.containsKey(number);
    }

    private static Section page(long number, Status status) {
        return new Section(
                "status 0x%x %s".formatted(number, status.name()), List.of(new Row("says", status.meaning())));
    }
}
