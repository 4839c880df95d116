package hv.explain;

import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of KVM's trace points about Hyper-V, and of a Linux guest's, field by field. Immutable. */
final class TraceTexts implements TextReader {
    private static final int MOST = 16;

    private static final Pattern LINE =
            Pattern.compile("\\b((?:kvm|hyperv)_[a-z0-9_]{2,40}):[ \\t]+([^\\r\\n]{1,400})");

    /** The next event ends one that stands in the same line. */
    private static final Pattern NEXT = Pattern.compile("\\b(?:kvm|hyperv)_[a-z0-9_]{2,40}:[ \\t]");

    private static final Pattern FIELD =
            Pattern.compile("\\b([a-z_]{2,20})(?:[ =]|: ?)(-?(?:0x)?[0-9a-f]{1,16})\\b(?!:)", Pattern.CASE_INSENSITIVE);

    private static final Pattern MSR =
            Pattern.compile("msr_(read|write) ([0-9a-f]{1,8}) = 0x([0-9a-f]{1,16})( \\(#GP\\))?");

    private static final Pattern CPUID = Pattern.compile(
            "func ([0-9a-f]{1,8}) (?:idx [0-9a-f]{1,8} )?rax ([0-9a-f]{1,16}) rbx ([0-9a-f]{1,16}) rcx ([0-9a-f]{1,16}) rdx ([0-9a-f]{1,16})");

    private static final String[] FLUSH_FLAGS = {
        "all processors", "all address spaces", "global pages stay", "extended ranges"
    };

    private static final int HYPERV_INHIBITS = 1;

    private final Map<String, String> events = new TreeMap<>();
    private final RegisterPages registers;
    private final CallPages calls;
    private final LeafPages leaves;

    TraceTexts(RegisterPages registers, CallPages calls, LeafPages leaves) {
        this.registers = registers;
        this.calls = calls;
        this.leaves = leaves;
        Facts.table("traces.txt", 2).forEach(row -> events.put(row[0], row[1]));
    }

    List<String> names() {
        return List.copyOf(events.keySet());
    }

    /** A trace point by its name, with or without the system in front. */
    Optional<Section> named(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceFirst("^(?:kvm|hyperv):", "");
        return Optional.ofNullable(events.get(plain))
                .map(about -> new Section("trace point " + plain, List.of(new Row("says", about))));
    }

    @Override
    public List<Section> read(String text) {
        List<Section> sections = new ArrayList<>();
        Matcher line = LINE.matcher(text);
        int from = 0;
        while (sections.size() < MOST && line.find(from)) {
            Matcher next = NEXT.matcher(text).region(line.start(2), line.end(2));
            int end = next.find() ? next.start() : line.end(2);
            section(line.group(1), text.substring(line.start(2), end)).ifPresent(sections::add);
            from = Math.max(end, line.end(1) + 1);
        }
        return sections;
    }

    private Optional<Section> section(String event, String fields) {
        if (event.equals("kvm_msr")) {
            return msr(fields);
        }
        if (event.equals("kvm_cpuid")) {
            return cpuid(fields);
        }
        String about = events.get(event);
        if (about == null && !event.startsWith("kvm_hv_")) {
            return Optional.empty();
        }
        Map<String, Long> values = new TreeMap<>();
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("says", about == null ? "a trace point of KVM's Hyper-V that is not known here" : about));
        Matcher field = FIELD.matcher(fields);
        while (field.find()) {
            String name = field.group(1).toLowerCase(Locale.ROOT);
            value(event, name, field.group(2)).ifPresent(value -> {
                values.put(name, value);
                rows.add(new Row(name, shown(event, name, value)));
            });
        }
        rows.addAll(decoded(event, values));
        return Optional.of(new Section("trace " + event, rows));
    }

    /** Vectors and formats are written in hexadecimal digits without 0x. */
    private static Optional<Long> value(String event, String name, String text) {
        if (text.startsWith("-")) {
            var positive = Numbers.parse(text.substring(1));
            return positive.isPresent() ? Optional.of(-positive.getAsLong()) : Optional.empty();
        }
        boolean isHex = text.toLowerCase(Locale.ROOT).startsWith("0x")
                || name.equals("format")
                || name.equals("vector") && event.startsWith("kvm_hv_send_ipi");
        var value = isHex ? Numbers.hex(text) : Numbers.parse(text);
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    private String shown(String event, String name, long value) {
        String hex = "0x" + Long.toHexString(value);
        return switch (name) {
            case "time_now", "exp_time" -> value + " = " + Unit.TIME_100NS.render(value) + " of reference time";
            case "count" ->
                event.endsWith("one_shot") || event.endsWith("set_count")
                        ? value + " = " + Unit.TIME_100NS.render(value)
                        : String.valueOf(value);
            case "code" ->
                hex
                        + calls.nameOf((int) value & 0xFFFF)
                                .map(call -> " = " + call)
                                .orElse("");
            case "flags" -> hex + flags(value);
            case "processor_mask" -> hex + (value == 0 ? " = none, or all with flag 0" : processors(value));
            case "valid_bank_mask" -> hex + " = banks of 64 processors each" + processors(value);
            case "format" -> hex + (value == 0 ? " = a sparse set" : " = all processors");
            case "address_space" -> hex + " = CR3";
            case "vector", "in", "out", "data", "config", "result", "msr", "inhibits" -> hex;
            case "host" -> value + (value == 0 ? " = the guest did it" : " = the VMM did it, as for a moved guest");
            case "direct" -> value + (value == 0 ? " = by a message" : " = by an interrupt");
            default -> String.valueOf(value);
        };
    }

    private static String flags(long flags) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < FLUSH_FLAGS.length; i++) {
            if ((flags & 1L << i) != 0) {
                text.append(text.isEmpty() ? " = " : ", ").append(FLUSH_FLAGS[i]);
            }
        }
        return text.toString();
    }

    private static String processors(long mask) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Long.SIZE; i++) {
            if ((mask & 1L << i) != 0) {
                text.append(text.isEmpty() ? " = " : ", ").append(i);
            }
        }
        return text.toString();
    }

    /** What the fields together say: a register that is written, a result, a reason. */
    private List<Row> decoded(String event, Map<String, Long> values) {
        Long data = values.get("data");
        Long timer = values.get("timer");
        if (values.containsKey("msr") && data != null) {
            return register("0x" + Long.toHexString(values.get("msr")), data);
        }
        if (event.endsWith("stimer_set_config") && timer != null && values.containsKey("config")) {
            return register("STIMER" + timer + "_CONFIG", values.get("config"));
        }
        if (event.endsWith("hypercall_done") && values.containsKey("result")) {
            return calls.result(values.get("result")).rows();
        }
        boolean isInhibited = event.startsWith("kvm_apicv") && values.getOrDefault("reason", -1L) == HYPERV_INHIBITS
                || values.getOrDefault("bit", -1L) == HYPERV_INHIBITS;
        return isInhibited
                ? List.of(new Row("because", "of a synthetic source with AutoEOI; hv-avic lets guests do without"))
                : List.of();
    }

    private List<Row> register(String name, long value) {
        return registers
                .decoded(name, value)
                .map(section -> {
                    List<Row> rows = new ArrayList<>();
                    rows.add(new Row("register", section.title()));
                    rows.addAll(section.rows());
                    return rows;
                })
                .orElse(List.of());
    }

    private Optional<Section> msr(String fields) {
        Matcher msr = MSR.matcher(fields);
        if (!msr.find()) {
            return Optional.empty();
        }
        long value = Numbers.hex(msr.group(3)).orElseThrow();
        return registers.decoded("0x" + msr.group(2), value).map(section -> {
            List<Row> rows = new ArrayList<>();
            String how = msr.group(1).equals("read") ? "a guest reads it" : "a guest writes it";
            rows.add(new Row("says", msr.group(4) == null ? how : how + " and gets #GP"));
            rows.addAll(section.rows());
            return new Section("trace kvm_msr: " + section.title(), rows);
        });
    }

    private Optional<Section> cpuid(String fields) {
        Matcher cpuid = CPUID.matcher(fields);
        if (!cpuid.find()) {
            return Optional.empty();
        }
        long leaf = Numbers.hex(cpuid.group(1)).orElseThrow();
        int[] registers = new int[4];
        for (int i = 0; i < registers.length; i++) {
            registers[i] = (int) Numbers.hex(cpuid.group(2 + i)).orElseThrow();
        }
        return leaves.numbered(leaf).map(unused -> leaves.decoded(leaf, registers));
    }
}
