package hv.explain;

import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What there is to say about 32-bit codes of Windows: NTSTATUS and HRESULT of the hypervisor (facility 0x35) and of the
 * virtualization driver (0x37), and the exceptions that bug checks report. Immutable.
 */
final class WindowsCodes {
    private static final long FAILURE = 0x8000_0000L;
    private static final long FROM_NT = 0x1000_0000L;
    private static final int HYPERVISOR = 0x35;
    private static final int VIRTUALIZATION_DRIVER = 0x37;
    private static final long HIGH_HALF_OF_NEGATIVE = 0xFFFF_FFFFL;

    private final Map<Long, Exceptional> exceptions = new TreeMap<>();
    private final StatusPages statuses;

    private record Exceptional(String name, String meaning) {}

    WindowsCodes(StatusPages statuses) {
        this.statuses = statuses;
        for (String[] row : Facts.table("exceptions.txt", 3)) {
            exceptions.put(Numbers.parse(row[0]).orElseThrow(), new Exceptional(row[1], row[2]));
        }
    }

    List<String> names() {
        return exceptions.values().stream().map(Exceptional::name).toList();
    }

    /** A code by its number; one that was extended to 64 bits with its sign counts as the same. */
    Optional<Section> numbered(long number) {
        long code = number >>> Integer.SIZE == HIGH_HALF_OF_NEGATIVE ? number & HIGH_HALF_OF_NEGATIVE : number;
        if (code >>> Integer.SIZE != 0) {
            return Optional.empty();
        }
        Exceptional exception = exceptions.get(code);
        if (exception != null) {
            return Optional.of(page(code, exception));
        }
        boolean isSevere = (code & FAILURE) != 0;
        return switch ((int) (code >>> 16 & 0x7FF)) {
            case HYPERVISOR -> Optional.of(hypervisor(code));
            case VIRTUALIZATION_DRIVER -> isSevere ? Optional.of(driver(code)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    Optional<Section> named(String name) {
        String wanted = name.toUpperCase(Locale.ROOT).replace('-', '_');
        return exceptions.entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(wanted))
                .findFirst()
                .map(entry -> page(entry.getKey(), entry.getValue()));
    }

    /** What a number in a parameter of a bug check is called, in parentheses; empty if it is no known code. */
    String nameOf(long number) {
        Exceptional exception = exceptions.get(number & HIGH_HALF_OF_NEGATIVE);
        return exception == null ? "" : " = " + exception.name() + ", " + exception.meaning();
    }

    private static Section page(long code, Exceptional exception) {
        return new Section(
                "%s 0x%08X %s"
                        .formatted(
                                exception.name().startsWith("STATUS_") ? "NTSTATUS" : "HRESULT",
                                code,
                                exception.name()),
                List.of(new Row("says", exception.meaning())));
    }

    private Section hypervisor(long code) {
        long status = code & 0xFFFF;
        String kind = (code & FROM_NT) == 0 ? "NTSTATUS" : "HRESULT of an NTSTATUS";
        return new Section(
                "%s 0x%08X of facility 0x35, the hypervisor".formatted(kind, code),
                List.of(
                        new Row("HV status", statuses.name(status)),
                        new Row("says", statuses.meaning(status).orElse("no status that is known here"))));
    }

    private static Section driver(long code) {
        return new Section(
                "NTSTATUS 0x%08X of facility 0x37, the virtualization infrastructure driver (VID)".formatted(code),
                List.of(new Row(
                        "says", "a failure of the root partition's driver, not of the hypervisor's interface")));
    }
}
