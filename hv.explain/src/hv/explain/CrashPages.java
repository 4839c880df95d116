package hv.explain;

import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What there is to say about the five parameters of a crash. Windows puts its bug check code and the code's parameters
 * there; Linux the reason, its GUEST_OS_ID and three registers, which is how it is told apart. Immutable.
 */
final class CrashPages {
    private static final String NOTHING = "-";
    private static final int OPEN_SOURCE_LINUX = 0x81;

    private static final int PARAMETERS = 4;
    private static final Pattern BETWEEN = Pattern.compile("[-\\s]+");
    /** What a minidump's header puts in front of a code. */
    private static final long IN_MINIDUMP = 0x1000_0000L;

    private final Map<Long, BugCheck> checks = new TreeMap<>();
    private final Map<String, Long> byName = new HashMap<>();
    private final Layout guestOsId;
    private final WindowsCodes codes;

    /**
     * A bug check.
     *
     * @param name of it
     * @param parameters what the four are; "-" says nothing
     * @param variants what they are for one value of the first, by that value
     * @param advice what to look at on a host; empty if nothing special
     */
    private record BugCheck(
            String name, List<String> parameters, Map<Long, List<String>> variants, List<String> advice) {
        String meaning(int parameter, long first) {
            List<String> own = variants.get(first);
            return own == null ? parameters.get(parameter) : own.get(parameter);
        }
    }

    CrashPages(ExplainFile general, WindowsCodes codes) {
        this.codes = codes;
        guestOsId = general.layout(0x4000_0000).orElseThrow();
        for (String[] row : Facts.table("bugchecks.txt", 3)) {
            long code = Numbers.parse(row[0]).orElseThrow();
            if (row[1].equals("do")) {
                checks.get(code).advice().add(row[2]);
            } else if (row[1].startsWith("p1=")) {
                long first = Numbers.parse(row[1].substring("p1=".length())).orElseThrow();
                checks.get(code).variants().put(first, List.of(row[2].split("\\|")));
            } else {
                List<String> parameters = List.of(row[2].split("\\|"));
                checks.put(code, new BugCheck(row[1], parameters, new TreeMap<>(), new ArrayList<>()));
                byName.put(row[1], code);
            }
        }
    }

    List<String> names() {
        return checks.values().stream().map(BugCheck::name).toList();
    }

    /** A code as Windows shows it, or as it stands in a minidump. */
    Optional<Section> code(long code) {
        if (checks.containsKey(code)) {
            return Optional.of(page(code, checks.get(code)));
        }
        long plain = plain(code);
        return plain == code ? Optional.empty() : Optional.of(inMinidump(code, page(plain, checks.get(plain))));
    }

    private static Section inMinidump(long code, Section page) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("minidump", "0x%08X is what a minidump writes for it".formatted(code)));
        rows.addAll(page.rows());
        return new Section(page.title(), rows);
    }

    private long plain(long code) {
        boolean isOfMinidump = (code & ~0xFFF_FFFFL) == IN_MINIDUMP && checks.containsKey(code ^ IN_MINIDUMP);
        return isOfMinidump ? code ^ IN_MINIDUMP : code;
    }

    /** By its name, in any spelling of what is between the words. */
    Optional<Section> named(String name) {
        String wanted = BETWEEN.matcher(name.strip().toUpperCase(Locale.ROOT)).replaceAll("_");
        return codeOf(wanted).map(code -> page(code, checks.get(code)));
    }

    /** The code of the bug check with this name. */
    Optional<Long> codeOf(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    private static Section page(long code, BugCheck check) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < PARAMETERS; i++) {
            if (!check.parameters().get(i).equals(NOTHING)) {
                rows.add(new Row("parameter " + (i + 1), check.parameters().get(i)));
            }
        }
        check.variants()
                .forEach((first, meanings) -> rows.add(new Row(
                        "if it is 0x%x".formatted(first),
                        String.join("; ", meanings).replace("; -", ""))));
        if (rows.isEmpty()) {
            rows.add(new Row("parameters", "Windows does not say what they are"));
        }
        check.advice().forEach(advice -> rows.add(new Row("look at", advice)));
        return new Section("bug check 0x%08X %s".formatted(code, check.name()), rows);
    }

    /** P0 to P4, as the guest wrote them; fewer if there are no more. */
    Section report(long... parameters) {
        boolean isLinux = parameters.length == PARAMETERS + 1 && parameters[1] >>> 56 == OPEN_SOURCE_LINUX;
        if (isLinux) {
            return linux(parameters);
        }
        BugCheck check = checks.get(plain(parameters[0]));
        List<Row> rows = new ArrayList<>();
        rows.add(row(0, parameters[0], check == null ? "no bug check that is known here" : check.name()));
        for (int i = 1; i < parameters.length; i++) {
            String meaning = check == null ? NOTHING : check.meaning(i - 1, parameters[1]);
            boolean isCode = meaning.contains("exception code") || meaning.contains("status");
            rows.add(row(i, parameters[i], isCode ? meaning + codes.nameOf(parameters[i]) : meaning));
        }
        if (check != null) {
            check.advice().forEach(advice -> rows.add(new Row("look at", advice)));
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
