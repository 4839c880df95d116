package hv.explain;

import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
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
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What there is to say about an MSR: its layout bit by bit, and what a value of it means. Immutable. */
final class RegisterPages {
    /** What stands in front of the names of Linux, the TLFS, QEMU and FreeBSD. */
    private static final Pattern PREFIX =
            Pattern.compile("^(?:hvx64msr|hvmsr|msrhv|hvx64register|hvregister|hvsyntheticmsr)");

    private static final String NOBODYS = "none; a guest that reads or writes it gets #GP, as in KVM";

    private final Map<Integer, Known> msrs = new TreeMap<>();
    private final Map<String, Integer> byName = new HashMap<>();

    /**
     * An MSR.
     *
     * @param name the TLFS name
     * @param about whose it is and what a guest may do with it
     * @param layout how it is divided; null if no file says
     */
    private record Known(String name, List<Row> about, Layout layout) {}

    RegisterPages(
            Collection<? extends Enlightenment> enlightenments,
            Map<String, ExplainFile> files,
            ExplainFile general,
            LeafPages leaves) {
        for (Layout layout : general.layouts()) {
            List<Row> about = List.of(
                    new Row("flag", "any that announces Hyper-V"),
                    new Row("access", "read-write"),
                    new Row("privilege", "AccessHypercallMsrs, 0x40000003.EAX[5]"));
            layout.msrs().forEach((msr, name) -> put(msr, new Known(name, about, layout)));
        }
        for (Enlightenment enlightenment : enlightenments) {
            var descriptor = enlightenment.descriptor();
            Optional<ExplainFile> file = Optional.ofNullable(files.get(descriptor.id()));
            for (MsrRange range : descriptor.msrs()) {
                for (int msr = range.first(); msr <= range.last(); msr++) {
                    int number = msr;
                    Layout layout = file.flatMap(f -> f.layout(number)).orElse(null);
                    String name = layout == null ? range.name() : layout.msrs().get(msr);
                    put(msr, new Known(name, about(descriptor.flag(), range, leaves), layout));
                }
            }
        }
        addForeign(leaves);
    }

    /** MSRs that nobody offers; each knows the name of the bit that it belongs to. */
    private void addForeign(LeafPages leaves) {
        for (String[] row : Facts.table("msrs.txt", 5)) {
            int first = (int) Numbers.parse(row[0]).orElseThrow();
            int last = (int) Numbers.parse(row[1]).orElseThrow();
            boolean isFree = row[3].equals("-");
            List<Row> about = new ArrayList<>();
            about.add(new Row("is", row[4]));
            if (!isFree) {
                about.add(new Row("privilege", row[3] + leaves.nameOf(row[3])));
            }
            if (first >= MsrRange.WINDOW_FIRST && !row[2].startsWith("MSR_KVM")) {
                about.add(new Row("flag", isFree ? NOBODYS : "none; no QEMU flag sets " + row[3]));
            }
            for (int msr = first; msr <= last; msr++) {
                put(msr, new Known(row[2], about, null));
            }
        }
    }

    private static List<Row> about(String flag, MsrRange range, LeafPages leaves) {
        var privilege = range.privilege();
        boolean isFree = privilege.rule() == Privilege.Rule.NONE;
        String where =
                isFree ? "" : new CpuidBits(privilege.leaf(), privilege.register(), privilege.mask(), 0, "").where();
        return List.of(
                new Row("flag", isFree || leaves.isSetByFlags(where) ? flag : "none; no QEMU flag sets " + where),
                new Row("access", range.access().name().toLowerCase(Locale.ROOT).replace('_', '-')),
                new Row("privilege", privilege.name() + (isFree ? "" : ", " + where)));
    }

    List<String> names() {
        return msrs.values().stream().map(Known::name).toList();
    }

    Optional<Section> numbered(long number) {
        return find(number).map(known -> page((int) number, known, OptionalLong.empty()));
    }

    /** An MSR of Hyper-V's range of which nothing is known. */
    static Optional<Section> unknown(long number) {
        boolean isMsr = number >= MsrRange.WINDOW_FIRST && number <= MsrRange.WINDOW_LAST;
        return isMsr ? Optional.of(nobodys(number)) : Optional.empty();
    }

    Optional<Section> named(String name) {
        return find(name).map(entry -> page(entry.getKey(), entry.getValue(), OptionalLong.empty()));
    }

    private static Section nobodys(long number) {
        return new Section("MSR 0x%08x".formatted(number), List.of(new Row("flag", NOBODYS)));
    }

    /** An MSR, by number or name, that holds {@code value}. */
    Optional<Section> decoded(String name, long value) {
        OptionalLong number = Numbers.parse(name);
        OptionalLong held = OptionalLong.of(value);
        Optional<Section> plain = number.isPresent()
                ? find(number.getAsLong()).map(known -> page((int) number.getAsLong(), known, held))
                : find(name).map(entry -> page(entry.getKey(), entry.getValue(), held));
        OptionalLong hex = Numbers.hex(name);
        return plain.isPresent() || hex.isEmpty()
                ? plain
                : find(hex.getAsLong()).map(known -> page((int) hex.getAsLong(), known, held));
    }

    private Optional<Known> find(long number) {
        return number >>> Integer.SIZE == 0 ? Optional.ofNullable(msrs.get((int) number)) : Optional.empty();
    }

    /** With or without HV_X64_MSR_ in front. */
    private Optional<Map.Entry<Integer, Known>> find(String name) {
        return Optional.ofNullable(byName.get(bare(name))).map(msr -> Map.entry(msr, msrs.get(msr)));
    }

    private void put(int msr, Known known) {
        if (msrs.putIfAbsent(msr, known) == null) {
            byName.putIfAbsent(bare(known.name()), msr);
        }
    }

    private static String bare(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
        return PREFIX.matcher(plain).replaceFirst("");
    }

    private static Section page(int msr, Known known, OptionalLong value) {
        List<Row> rows = new ArrayList<>(known.about());
        if (known.layout() == null) {
            value.ifPresent(held -> rows.add(new Row("value", "0x" + Long.toHexString(held))));
        } else if (value.isEmpty()) {
            rows.addAll(layout(known.layout()));
        } else {
            rows.addAll(decode(known.layout(), value.getAsLong()));
        }
        String title = "MSR 0x%08x %s".formatted(msr, known.name());
        return new Section(value.isEmpty() ? title : title + " = 0x" + Long.toHexString(value.getAsLong()), rows);
    }

    /** Every field of every form. */
    static List<Row> layout(Layout layout) {
        List<Row> rows = new ArrayList<>();
        for (Layout.Form form : layout.forms()) {
            if (!form.selector().name().isEmpty()) {
                rows.add(new Row(
                        "form",
                        "%s, if bit %s is %d"
                                .formatted(
                                        form.selector().name(), form.selector().bits(), form.selected())));
            }
            for (BitField field : form.fields()) {
                rows.add(new Row(label(field), join(field.name(), field.meaning())));
                for (BitField.Value value : field.values()) {
                    rows.add(new Row("", "%d: %s".formatted(value.number(), value.meaning())));
                }
            }
        }
        return rows;
    }

    /** Every field that means something in this value; reserved ones only if they are not 0. */
    static List<Row> decode(Layout layout, long value) {
        List<Row> rows = new ArrayList<>();
        Layout.Form form = layout.form(value);
        if (!form.selector().name().isEmpty()) {
            rows.add(new Row("form", form.selector().name()));
        }
        for (BitField field : form.fields()) {
            String decoded = field.decode(value);
            if (!decoded.isEmpty()) {
                String text = join(field.name() + " = " + decoded, field.isReserved() ? "" : field.meaning());
                rows.add(new Row(label(field), text));
            }
        }
        return rows;
    }

    private static String label(BitField field) {
        return (field.high() == field.low() ? "bit " : "bits ") + field.bits();
    }

    private static String join(String name, String meaning) {
        return meaning.isEmpty() ? name : name + "  (" + meaning + ")";
    }
}
