package hv.flags;

import hv.api.Flags;
import hv.api.Flags.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the elements of a libvirt domain that make libvirt give QEMU these flags. Used by one thread for one argument.
 */
final class LibvirtWriter {
    private final Map<String, Word> words = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> cpuLines = new ArrayList<>();
    private String cpuHead = "";
    private boolean isHidden;

    LibvirtWriter(Flags flags) {
        flags.inEffect().forEach(word -> words.put(word.name(), word));
    }

    Written write() {
        List<String> features = hyperv();
        List<String> clock = new ArrayList<>();
        List<String> devices = new ArrayList<>();
        String migratable = "";
        for (Word word : words.values()) {
            String name = word.name();
            if (LibvirtFlag.ofFlag(name).isPresent() || name.equals("hv-passthrough")) {
                continue;
            }
            switch (name) {
                case "hv-time" ->
                    clock.add("<timer name='hypervclock' present='%s'/>".formatted(word.isOn() ? "yes" : "no"));
                case "tsc-frequency" ->
                    clock.add("<timer name='tsc' frequency='%s'/>".formatted(escaped(word.setting())));
                case "hv-crash" -> {
                    if (word.isOn()) {
                        devices.add("<panic model='hyperv'/>");
                    }
                }
                case "kvm" -> isHidden = !word.isOn();
                case "migratable" -> migratable = isSwitch(word) ? " migratable='" + state(word) + "'" : "";
                default -> other(word);
            }
        }
        if (isHidden) {
            features.addAll(List.of("  <kvm>", "    <hidden state='on'/>", "  </kvm>"));
        }
        List<String> lines = new ArrayList<>();
        wrap(lines, "features", features);
        cpuElement(lines, migratable);
        wrap(lines, "clock", clock.stream().map(line -> "  " + line).toList());
        wrap(lines, "devices", devices.stream().map(line -> "  " + line).toList());
        return new Written(String.join("\n", lines), notes);
    }

    /** Elements of a change, and where they go. */
    static String line(Flags change) {
        LibvirtWriter writer = new LibvirtWriter(change);
        String text = writer.write().text().lines().map(String::strip).collect(Collectors.joining());
        return text.isEmpty() ? String.join(" ", writer.notes) : text;
    }

    private List<String> hyperv() {
        List<String> lines = new ArrayList<>();
        Word passthrough = words.get("hv-passthrough");
        boolean isPassthrough = passthrough != null && passthrough.isOn();
        Word avic = words.remove("hv-apicv");
        if (avic != null) {
            words.putIfAbsent("hv-avic", avic);
        }
        for (LibvirtFlag row : LibvirtFlag.ALL) {
            if (row.isInner()) {
                noteOrphan(row);
            } else if (words.containsKey(row.flag())) {
                element(lines, row, words.get(row.flag()));
            }
        }
        if (isPassthrough && !lines.isEmpty()) {
            notes.add("libvirt takes no elements beside mode='passthrough': " + names(lines) + " cannot be said");
            lines.clear();
        }
        if (!lines.isEmpty() || isPassthrough) {
            lines.addFirst("  <hyperv mode='%s'>".formatted(isPassthrough ? "passthrough" : "custom"));
            lines.add("  </hyperv>");
        }
        return lines;
    }

    private void element(List<String> lines, LibvirtFlag row, Word word) {
        if (!row.attribute().isEmpty()) {
            String value = row.flag().equals("hv-spinlocks") ? decimal(word.setting()) : word.setting();
            lines.add("    <%s state='on' %s='%s'/>".formatted(row.element(), row.attribute(), escaped(value)));
            return;
        }
        List<String> inner = LibvirtFlag.ALL.stream()
                .filter(other -> other.parent().equals(row.element()) && words.containsKey(other.flag()))
                .map(other -> "      <%s state='%s'/>".formatted(other.element(), state(words.get(other.flag()))))
                .toList();
        String head = "    <%s state='%s'".formatted(row.element(), state(word));
        if (inner.isEmpty()) {
            lines.add(head + "/>");
        } else {
            lines.add(head + ">");
            lines.addAll(inner);
            lines.add("    </%s>".formatted(row.element()));
        }
    }

    /** An inner element whose outer one is not given would have to be in something that switches the outer one on. */
    private void noteOrphan(LibvirtFlag row) {
        String outer = "hv-" + row.parent();
        if (words.containsKey(row.flag()) && !words.containsKey(outer)) {
            notes.add("libvirt has %s only inside <%s>, so it cannot be said without %s"
                    .formatted(row.flag(), row.parent(), outer));
        }
    }

    private void other(Word word) {
        if (word.isHyperV()) {
            notes.add("libvirt has no word for %s=%s; it can only be handed to QEMU with <qemu:commandline>"
                    .formatted(word.name(), word.setting()));
        } else if (word.isBare() && cpuHead.isEmpty()) {
            cpuHead = word.spelling();
        } else if (isSwitch(word)) {
            cpuLines.add("  <feature policy='%s' name='%s'/>"
                    .formatted(word.isOn() ? "require" : "disable", escaped(word.spelling())));
        } else {
            notes.add("%s=%s cannot be said in <cpu>".formatted(word.name(), word.setting()));
        }
    }

    private void cpuElement(List<String> lines, String migratable) {
        String head = switch (cpuHead) {
            case "host" -> "<cpu mode='host-passthrough'" + migratable;
            case "max" -> "<cpu mode='maximum'" + migratable;
            case "" -> "<cpu";
            default -> "<cpu mode='custom' match='exact'";
        };
        if (!cpuHead.isEmpty() && !cpuHead.equals("host") && !cpuHead.equals("max")) {
            cpuLines.addFirst("  <model>" + escaped(cpuHead) + "</model>");
        }
        if (cpuLines.isEmpty() && cpuHead.isEmpty()) {
            return;
        }
        lines.add(head + (cpuLines.isEmpty() ? "/>" : ">"));
        lines.addAll(cpuLines);
        if (!cpuLines.isEmpty()) {
            lines.add("</cpu>");
        }
    }

    private static void wrap(List<String> lines, String element, List<String> inner) {
        if (!inner.isEmpty()) {
            lines.add("<" + element + ">");
            lines.addAll(inner);
            lines.add("</" + element + ">");
        }
    }

    private static String names(List<String> lines) {
        return lines.stream()
                .map(String::strip)
                .filter(line -> !line.startsWith("</"))
                .collect(Collectors.joining());
    }

    private static boolean isSwitch(Word word) {
        return word.isOn() || word.isOff();
    }

    private static String state(Word word) {
        return word.isOn() ? "on" : "off";
    }

    /** libvirt reads decimal numbers only. */
    private static String decimal(String value) {
        try {
            return String.valueOf(Long.decode(value));
        } catch (NumberFormatException e) {
            return value;
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&apos;");
    }
}
