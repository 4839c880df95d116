package hv.explain;

import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What there is to say about the five parameters of a crash. Windows puts its bug check code and the code's parameters
 * there; Linux the reason, its GUEST_OS_ID and three registers, which is how it is told apart. Immutable.
 */
final class CrashPages {
    private static final String NOTHING = "-";
    private static final int OPEN_SOURCE_LINUX = 0x81;

    private final Map<Long, BugCheck> checks = new TreeMap<>();
    private final Layout guestOsId;

    private record BugCheck(String name, List<String> parameters) {}

    CrashPages(ExplainFile general) {
        guestOsId = general.layout(0x4000_0000).orElseThrow();
        for (String[] row : Facts.table("bugchecks.txt", 3)) {
            checks.put(Numbers.parse(row[0]).orElseThrow(), new BugCheck(row[1], List.of(row[2].split("\\|"))));
        }
    }

    List<String> names() {
        return checks.values().stream().map(BugCheck::name).toList();
    }

    Optional<Section> code(long code) {
        return Optional.ofNullable(checks.get(code)).map(check -> page(code, check));
    }

    Optional<Section> named(String name) {
        String wanted = name.toUpperCase(Locale.ROOT).replace('-', '_');
        return checks.entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(wanted))
                .findFirst()
                .map(entry -> page(entry.getKey(), entry.getValue()));
    }

    private static Section page(long code, BugCheck check) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < check.parameters().size(); i++) {
            if (!check.parameters().get(i).equals(NOTHING)) {
                rows.add(new Row("parameter " + (i + 1), check.parameters().get(i)));
            }
        }
        return new Section("bug check 0x%08X %s".formatted(code, check.name()), rows);
    }

    /** P0 to P4, as the guest wrote them. */
    Section report(long... parameters) {
        if (parameters[1] >>> 56 == OPEN_SOURCE_LINUX) {
            return linux(parameters);
        }
        BugCheck check = checks.get(parameters[0]);
        List<Row> rows = new ArrayList<>();
        rows.add(row(0, parameters[0], check == null ? "no bug check that is known here" : check.name()));
        for (int i = 1; i < parameters.length; i++) {
            String meaning = check == null ? NOTHING : check.parameters().get(i - 1);
            rows.add(row(i, parameters[i], meaning));
        }
        return new Section("crash: " + (check == null ? "code 0x%x".formatted(parameters[0]) : check.name()), rows);
    }

    private Section linux(long... parameters) {
        List<Row> rows = new ArrayList<>();
        rows.add(row(0, parameters[0], "reason: the code given to die(), 0 for a panic"));
        rows.add(row(1, parameters[1], "GUEST_OS_ID of a Linux guest"));
        RegisterPages.decode(guestOsId, parameters[1]).forEach(row -> rows.add(new Row("", row.text())));
        rows.add(row(2, parameters[2], "RIP"));
        rows.add(row(3, parameters[3], "RAX"));
        rows.add(row(4, parameters[4], "RSP"));
        return new Section("crash of a Linux guest", rows);
    }

    private static Row row(int parameter, long value, String meaning) {
        String digits = "0x%016x".formatted(value);
        return new Row("P" + parameter, meaning.equals(NOTHING) ? digits : digits + "  " + meaning);
    }
}
