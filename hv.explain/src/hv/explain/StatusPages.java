package hv.explain;

import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What there is to say about a status of a hypercall. Immutable. */
final class StatusPages {
    private static final String PREFIX = "HV_STATUS_";

    private final Map<Long, Status> statuses = new TreeMap<>();

    private record Status(String name, String meaning) {}

    StatusPages() {
        for (String[] row : Facts.table("statuses.txt", 3)) {
            statuses.put(Numbers.parse(row[0]).orElseThrow(), new Status(row[1], row[2]));
        }
    }

    List<String> names() {
        return statuses.values().stream().map(Status::name).toList();
    }

    Optional<Section> numbered(long number) {
        return Optional.ofNullable(statuses.get(number)).map(status -> page(number, status));
    }

    Optional<Section> named(String name) {
        String plain = name.toUpperCase(Locale.ROOT).replace('-', '_');
        String wanted = plain.startsWith(PREFIX) ? plain : PREFIX + plain;
        return statuses.entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(wanted))
                .findFirst()
                .map(entry -> page(entry.getKey(), entry.getValue()));
    }

    /** As "3 HV_STATUS_INVALID_HYPERCALL_INPUT", or the number alone. */
    String name(long number) {
        Status status = statuses.get(number);
        return "0x" + Long.toHexString(number) + (status == null ? "" : " " + status.name());
    }

    boolean isKnown(long number) {
        return statuses.containsKey(number);
    }

    private static Section page(long number, Status status) {
        return new Section(
                "status 0x%x %s".formatted(number, status.name()), List.of(new Row("says", status.meaning())));
    }
}
