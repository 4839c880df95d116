package hv.flags;

import hv.api.Flags;
import hv.api.Flags.Word;
import java.util.List;
import java.util.Optional;

/**
 * Where KubeVirt has a flag below {@code features.hyperv}.
 *
 * @param flag QEMU's name
 * @param parent the field it is in
 * @param field its field
 * @param value the field in it that holds a value; empty for a switch
 * @param requires what KubeVirt switches on by itself along with it; empty if nothing
 */
record KubeVirtFlag(String flag, String parent, String field, String value, String requires) {
    static final String HYPERV = "hyperv";

    static final List<KubeVirtFlag> ALL = List.of(
            of("hv-relaxed", "relaxed", ""),
            of("hv-vapic", "vapic", ""),
            new KubeVirtFlag("hv-spinlocks", HYPERV, "spinlocks", "spinlocks", ""),
            of("hv-vpindex", "vpindex", ""),
            of("hv-runtime", "runtime", ""),
            of("hv-synic", "synic", "hv-vpindex"),
            of("hv-stimer", "synictimer", "hv-synic"),
            new KubeVirtFlag("hv-stimer-direct", "synictimer", "direct", "", ""),
            of("hv-reset", "reset", ""),
            new KubeVirtFlag("hv-vendor-id", HYPERV, "vendorid", "vendorid", ""),
            of("hv-frequencies", "frequencies", ""),
            of("hv-reenlightenment", "reenlightenment", ""),
            of("hv-tlbflush", "tlbflush", "hv-vpindex"),
            new KubeVirtFlag("hv-tlbflush-direct", "tlbflush", "direct", "", ""),
            new KubeVirtFlag("hv-tlbflush-ext", "tlbflush", "extended", "", ""),
            of("hv-ipi", "ipi", "hv-vpindex"),
            of("hv-evmcs", "evmcs", "hv-vapic"));

    private static KubeVirtFlag of(String flag, String field, String requires) {
        return new KubeVirtFlag(flag, HYPERV, field, "", requires);
    }

    static Optional<KubeVirtFlag> ofField(String parent, String field) {
        return ALL.stream()
                .filter(row -> row.parent.equals(parent) && row.field.equals(field))
                .findFirst();
    }

    static Optional<KubeVirtFlag> ofFlag(String flag) {
        return ALL.stream().filter(row -> row.flag.equals(flag)).findFirst();
    }

    boolean isInner() {
        return !parent.equals(HYPERV);
    }

    /** QEMU's name of the flag that an inner one is inside of, without {@code hv-}. */
    String outer() {
        return parent.equals("synictimer") ? "stimer" : parent;
    }

    /** The field, with what is inside of it. */
    List<String> lines(Word word, Flags all) {
        if (!value.isEmpty()) {
            return List.of(field + ":", "  " + value + ": " + quoted(word.setting()));
        }
        List<String> inner = ALL.stream()
                .filter(row -> row.parent.equals(field) && all.isOn(row.flag))
                .map(row -> row.field + ": {}")
                .toList();
        String state = word.isOn() ? "" : "enabled: false";
        String inside = state.isEmpty() ? String.join(", ", inner) : state;
        return List.of(field + ": {" + inside + "}");
    }

    private static String quoted(String text) {
        try {
            return String.valueOf(Long.decode(text));
        } catch (NumberFormatException e) {
            return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
    }
}
