package hv.explain;

import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.Privilege;
import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What there is to say about a hypercall, its control word and its result. Immutable. */
final class CallPages {
    private static final int CODE = 0xFFFF;
    private static final Pattern PREFIX = Pattern.compile("^hv(?:ext)?(?:call)?");
    private static final long RESERVED_IN_CONTROL = 0xF000_F000_7800_0000L;
    /** A variable header or a nested call, of a call that nobody makes here. */
    private static final long UNUSUAL_IN_CONTROL = RESERVED_IN_CONTROL | 0x87FE_0000L;

    private final Map<Integer, Known> calls = new TreeMap<>();
    private final Map<String, Integer> byName = new HashMap<>();
    private final Layout control;
    private final Layout result;
    private final StatusPages statuses;

    /**
     * A call.
     *
     * @param name the TLFS name
     * @param isOffered whether an enlightenment answers it
     * @param rows what there is to say
     */
    private record Known(String name, boolean isOffered, List<Row> rows) {}

    CallPages(
            Collection<? extends Enlightenment> enlightenments,
            Map<String, ExplainFile> files,
            ExplainFile general,
            StatusPages statuses) {
        this.control = general.word("control").orElseThrow();
        this.result = general.word("result").orElseThrow();
        this.statuses = statuses;
        for (String[] row : Facts.table("calls.txt", 3)) {
            List<Row> rows = new ArrayList<>();
            if (row.length > 2) {
                rows.add(new Row("does", row[2]));
            }
            rows.add(new Row("flag", "none; KVM answers " + statuses.name(2)));
            calls.put((int) Numbers.parse(row[0]).orElseThrow(), new Known(row[1], false, rows));
        }
        for (Enlightenment enlightenment : enlightenments) {
            var descriptor = enlightenment.descriptor();
            Optional<ExplainFile> file = Optional.ofNullable(files.get(descriptor.id()));
            for (HypercallSpec spec : descriptor.hypercalls()) {
                List<Row> rows = new ArrayList<>(shape(descriptor.flag(), spec));
                file.flatMap(f -> f.call(spec.code())).ifPresent(notes -> rows.addAll(notes(notes)));
                calls.put(spec.code(), new Known(spec.name(), true, rows));
            }
        }
        calls.forEach((code, known) -> byName.put(bare(known.name()), code));
    }

    private static List<Row> shape(String flag, HypercallSpec spec) {
        String counts = switch (spec.reps()) {
            case NONE -> "none: a count or start is an error";
            case LIST -> "a list: count 1 or more, start 0";
            case UNCHECKED -> "not looked at";
        };
        String form = "header of %d bytes%s; in memory%s%s"
                .formatted(
                        spec.headerBytes(),
                        spec.variableHeader() ? " and a variable one" : "",
                        spec.memoryRule() == HypercallSpec.MemoryRule.ALIGNED_IN_PAGE
                                ? " (8-byte aligned, in one page)"
                                : "",
                        spec.xmmInput() ? ", or in RDX, R8 and XMM0 to XMM5" : ", or in RDX and R8 if it fits");
        return List.of(
                new Row("flag", flag),
                new Row("input", form),
                new Row("repetitions", counts),
                new Row("privilege", privilege(spec.privilege())));
    }

    private static String privilege(Privilege privilege) {
        return switch (privilege.rule()) {
            case NONE -> "none";
            case ALL_SET, IN_USE ->
                "%s, %s%s"
                        .formatted(
                                privilege.name(),
                                new hv.api.enlightenment.CpuidBits(
                                                privilege.leaf(), privilege.register(), privilege.mask(), 0, "")
                                        .where(),
                                privilege.rule() == Privilege.Rule.IN_USE ? " neither 0 nor all ones" : "");
        };
    }

    private List<Row> notes(CallNotes notes) {
        List<Row> rows = new ArrayList<>(notes.input());
        for (Row answer : notes.answers()) {
            long status = Numbers.parse(answer.label()).orElseThrow();
            rows.add(new Row("answers", statuses.name(status) + ": " + answer.text()));
        }
        return rows;
    }

    List<String> names() {
        return calls.values().stream().map(Known::name).toList();
    }

    Optional<Section> numbered(long number) {
        return number >>> 16 == 0 ? page((int) number) : Optional.empty();
    }

    /** With or without HvCall in front. */
    Optional<Section> named(String name) {
        return Optional.ofNullable(byName.get(bare(name))).flatMap(this::page);
    }

    private static String bare(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
        return PREFIX.matcher(plain).replaceFirst("");
    }

    private Optional<Section> page(int code) {
        return Optional.ofNullable(calls.get(code))
                .map(known -> new Section("call 0x%04x %s".formatted(code, known.name()), known.rows()));
    }

    /** The name of a call, if there is one. */
    Optional<String> nameOf(int code) {
        return Optional.ofNullable(calls.get(code)).map(Known::name);
    }

    /** A number that is too large for a code: a control word of a known call, a result, or both; never a guess. */
    List<Section> words(long word) {
        List<Section> sections = new ArrayList<>();
        boolean isResult = (word >>> 16 & 0xFFFF) == 0 && word >>> 44 == 0 && statuses.isKnown(word & CODE);
        Known known = calls.get((int) (word & CODE));
        if (known != null && (word & (known.isOffered() ? RESERVED_IN_CONTROL : UNUSUAL_IN_CONTROL)) == 0) {
            sections.add(control(word));
        }
        if (isResult) {
            sections.add(result(word));
        }
        return sections;
    }

    Section control(long word) {
        int code = (int) (word & CODE);
        Known known = calls.get(code);
        List<Row> rows = new ArrayList<>(RegisterPages.decode(control, word));
        rows.add(new Row("call", known == null ? "there is no call 0x%04x".formatted(code) : known.name()));
        return new Section("control word 0x%016x".formatted(word), rows);
    }

    Section result(long word) {
        List<Row> rows = new ArrayList<>(RegisterPages.decode(result, word));
        rows.add(new Row("status", statuses.name(word & CODE)));
        return new Section("result 0x%016x".formatted(word), rows);
    }
}
