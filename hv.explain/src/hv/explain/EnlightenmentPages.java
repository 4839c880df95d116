package hv.explain;

import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.RequiresGraph;
import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What there is to say about an enlightenment. Immutable. */
final class EnlightenmentPages {
    private final Map<String, Descriptor> descriptors = new TreeMap<>();
    private final Map<String, Descriptor> byFlag = new TreeMap<>();
    private final Map<String, List<CpuidBits>> places = new TreeMap<>();
    private final Map<String, ExplainFile> files;
    private final RequiresGraph<Descriptor> graph;

    EnlightenmentPages(Collection<? extends Enlightenment> enlightenments, Map<String, ExplainFile> files) {
        for (Enlightenment enlightenment : enlightenments) {
            Descriptor descriptor = enlightenment.descriptor();
            descriptors.put(descriptor.id(), descriptor);
            descriptor.options().forEach(option -> byFlag.putIfAbsent(option.flag(), descriptor));
            places.put(descriptor.id(), Traces.of(enlightenment).places());
        }
        this.files = Map.copyOf(files);
        this.graph = RequiresGraph.of(descriptors.values());
    }

    List<String> names() {
        return descriptors.values().stream()
                .flatMap(descriptor -> descriptor.options().stream())
                .map(FlagOption::flag)
                .toList();
    }

    /** By id or by one of its flags, in either spelling. */
    Optional<Section> named(String name) {
        return find(name).map(descriptor -> page(descriptor, List.of()));
    }

    /** A flag with a value. */
    Optional<Section> valued(String name, String value) {
        return find(name).map(descriptor -> page(descriptor, List.of(new Row("value", shown(value)))));
    }

    private static String shown(String value) {
        OptionalLong number = Numbers.parse(value);
        boolean isHex = number.isPresent() && value.startsWith("0x");
        return Quoted.of(value) + (isHex ? " = " + Long.toUnsignedString(number.getAsLong()) : "");
    }

    private Optional<Descriptor> find(String name) {
        String signed = name.toLowerCase(Locale.ROOT).replace('_', '-');
        String plain = signed.startsWith("+") || signed.startsWith("-") ? signed.substring(1) : signed;
        String flag = plain.startsWith("hv-") ? plain : "hv-" + plain;
        return Optional.ofNullable(descriptors.getOrDefault(plain, byFlag.get(flag)));
    }

    private Section page(Descriptor descriptor, List<Row> first) {
        Rows rows = new Rows();
        first.forEach(row -> rows.add(row.label(), row.text()));
        ExplainFile file = files.get(descriptor.id());
        rows.add("the guest", descriptor.benefit());
        if (file != null) {
            file.costs().forEach(cost -> rows.add("costs", cost));
        }
        for (FlagOption option : descriptor.options()) {
            rows.add("flag", option.flag() + value(option));
        }
        descriptor.requires().forEach(id -> rows.add("requires", flag(id) + behind(id)));
        descriptor.recommends().forEach(id -> rows.add("works better with", flag(id)));
        if (file != null && !(file.sinceQemu() + file.sinceKvm()).isEmpty()) {
            rows.add("since", since(file));
        }
        places.get(descriptor.id()).forEach(bits -> rows.add("CPUID", bits.where() + "  " + bits.name()));
        descriptor.msrs().forEach(msr -> rows.add("MSR", msr(msr)));
        for (HypercallSpec call : descriptor.hypercalls()) {
            rows.add("call", "0x%04x  %s".formatted(call.code(), call.name()));
        }
        if (file != null) {
            file.avoid().forEach(reason -> rows.add("not when", reason));
        }
        if (!descriptor.migrationVeto().isEmpty()) {
            rows.add("migration", descriptor.migrationVeto());
        }
        rows.add("TLFS", descriptor.section());
        return new Section(descriptor.flag() + ": " + descriptor.title(), rows.all());
    }

    private static String value(FlagOption option) {
        return switch (option.kind()) {
            case SWITCH -> "";
            case NUMBER -> "=N, up to 0x" + Long.toHexString(option.max());
            case TEXT -> "=TEXT";
            case CHOICE -> "=" + String.join("|", option.choices());
        };
    }

    private static String since(ExplainFile file) {
        List<String> parts = new ArrayList<>();
        if (!file.sinceQemu().isEmpty()) {
            parts.add("QEMU " + file.sinceQemu());
        }
        if (!file.sinceKvm().isEmpty()) {
            parts.add(file.sinceKvm().equals("any") ? "any KVM" : "KVM of Linux " + file.sinceKvm());
        }
        return String.join(", ", parts);
    }

    private static String msr(MsrRange range) {
        String numbers = range.first() == range.last()
                ? "0x%08x".formatted(range.first())
                : "0x%08x-0x%08x".formatted(range.first(), range.last());
        String access = range.access().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return "%s  %s, %s".formatted(numbers, range.name(), access);
    }

    private String flag(String id) {
        Descriptor descriptor = descriptors.get(id);
        return descriptor == null ? "hv-" + id : descriptor.flag();
    }

    /** What a requirement itself requires, so that the whole chain is seen at once. */
    private String behind(String id) {
        List<String> chain =
                graph.closure(id).stream().skip(1).sorted().map(this::flag).toList();
        return chain.isEmpty() ? "" : " (which requires " + String.join(", ", chain) + ")";
    }

    /** Collects rows; a label is written once for all rows in a row that have it. */
    static final class Rows {
        private final List<Row> rows = new ArrayList<>();
        private String last = "";

        void add(String label, String text) {
            rows.add(new Row(label.equals(last) ? "" : label, text));
            last = label;
        }

        List<Row> all() {
            return List.copyOf(rows);
        }
    }
}
