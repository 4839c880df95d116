package hv.flags;

import hv.api.Flags;
import hv.api.Flags.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the elements of a libvirt domain that make libvirt give QEMU these flags. Used by one thread for one argument.
 */
final class LibvirtWriter {
    private static final Set<String> CACHES = Set.of("host-cache-info", "l3-cache");
    /** Switches of QEMU's CPU that are no features of a processor, and that libvirt has no word for. */
    private static final Set<String> PROPERTIES = Set.of(
            "check", "enforce", "cpuid-0xb", "fill-mtrr-mask", "full-cpuid-auto-level", "legacy-cache", "tcg-cpuid");

    private static final String LIMIT = "host-phys-bits-limit";

    private final Map<String, Word> words = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> cpuLines = new ArrayList<>();
    private String cpuHead = "";
    private final List<String> kvm = new ArrayList<>();
    private final LibvirtKept kept;
    private final boolean isEnforced;

    /** Writes flags; what is kept is written as it was. */
    LibvirtWriter(Flags flags, LibvirtKept kept) {
        this.kept = kept;
        isEnforced = flags.isOn("enforce");
        flags.inEffect().forEach(word -> words.put(word.name(), word));
    }

    Written write() {
        List<String> features = hyperv();
        List<String> clock = new ArrayList<>(kept.timers());
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
                case "tsc-frequency", "tsc-freq" -> {
                    Optional<String> hertz = Hertz.of(word.setting());
                    if (hertz.isEmpty()) {
                        notes.add("%s=%s is no number of Hz, which libvirt wants".formatted(name, word.setting()));
                    } else if (kept.timers().stream().noneMatch(timer -> timer.contains("frequency"))) {
                        clock.add("<timer name='tsc' frequency='%s'/>".formatted(hertz.get()));
                    }
                }
                case "kvmclock" -> {
                    if (isSwitch(word) && kept.timers().stream().noneMatch(timer -> timer.contains("kvmclock"))) {
                        clock.add("<timer name='kvmclock' present='%s'/>".formatted(word.isOn() ? "yes" : "no"));
                    }
                }
                case "hv-crash" -> {
                    if (word.isOn()) {
                        devices.add("<panic model='hyperv'/>");
                    }
                }
                case "kvm" -> {
                    if (!word.isOn()) {
                        kvm.add("    <hidden state='on'/>");
                    }
                }
                case "migratable" -> migratable = isSwitch(word) ? " migratable='" + state(word) + "'" : "";
                default -> other(word, features);
            }
        }
        if (!kvm.isEmpty()) {
            features.add("  <kvm>");
            features.addAll(kvm);
            features.add("  </kvm>");
        }
        List<String> lines = new ArrayList<>();
        wrap(lines, "<features>", "features", features);
        cpuElement(lines, migratable);
        String opening = kept.clock().isEmpty() ? "<clock>" : kept.clock();
        wrap(lines, opening, "clock", clock.stream().map(line -> "  " + line).toList());
        wrap(
                lines,
                "<devices>",
                "devices",
                devices.stream().map(line -> "  " + line).toList());
        return new Written(String.join("\n", lines), notes);
    }

    /** Elements of a change, and where they go. */
    static String line(Flags change) {
        LibvirtWriter writer = new LibvirtWriter(change, LibvirtKept.NOTHING);
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
            String mode = kept.mode().orElse("passthrough");
            lines.add(0, "  <hyperv mode='%s'>".formatted(isPassthrough ? mode : "custom"));
            lines.add("  </hyperv>");
        }
        return lines;
    }

    private void element(List<String> lines, LibvirtFlag row, Word word) {
        if (!row.attribute().isEmpty()) {
            String limit = limit(row, word);
            if (!limit.isEmpty()) {
                notes.add("%s=%s cannot be said in libvirt's XML: %s".formatted(row.flag(), word.setting(), limit));
                return;
            }
            String value = row.flag().equals("hv-spinlocks") ? decimal(word.setting()) : word.setting();
            lines.add("    <%s state='on' %s='%s'/>".formatted(row.element(), row.attribute(), escaped(value)));
            return;
        }
        List<String> inner = LibvirtFlag.ALL.stream()
                .filter(other -> word.isOn())
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
        Word given = words.get(row.flag());
        Word around = words.get(outer);
        if (given != null && (around == null || given.isOn() && !around.isOn())) {
            notes.add("libvirt has %s only inside <%s>, so it cannot be said without %s"
                    .formatted(row.flag(), row.parent(), outer));
        }
    }

    /** Why libvirt refuses a value that QEMU takes; empty if it does not. */
    private static String limit(LibvirtFlag row, Word word) {
        if (row.flag().equals("hv-vendor-id")) {
            return word.setting().length() > LibvirtHyperv.LONGEST_VENDOR_ID
                    ? "it has more than %d characters".formatted(LibvirtHyperv.LONGEST_VENDOR_ID)
                    : "";
        }
        try {
            return Long.decode(word.setting()) < LibvirtHyperv.FEWEST_RETRIES
                    ? "libvirt takes no fewer retries than " + LibvirtHyperv.FEWEST_RETRIES
                    : "";
        } catch (NumberFormatException e) {
            return "it is no number";
        }
    }

    private void other(Word word, List<String> features) {
        var row = LibvirtSwitch.ofFlag(word.name());
        if (row.isPresent() && isSwitch(word)) {
            boolean isKvm = row.get().parent().equals("kvm");
            (isKvm ? kvm : features).add((isKvm ? "    " : "  ") + row.get().line(word.isOn()));
        } else if (word.isHyperV()) {
            notes.add("libvirt has no word for %s=%s; it can only be handed to QEMU with <qemu:commandline>"
                    .formatted(word.name(), word.setting()));
        } else if (word.isBare() && cpuHead.isEmpty()) {
            cpuHead = word.spelling();
        } else if (CACHES.contains(word.name())) {
            caches(word);
        } else if (word.name().equals("host-phys-bits") && word.isOn()) {
            String limit = words.containsKey(LIMIT)
                    ? " limit='%s'".formatted(escaped(words.get(LIMIT).setting()))
                    : "";
            cpuLines.add(0, "  <maxphysaddr mode='passthrough'%s/>".formatted(limit));
        } else if (word.name().equals("phys-bits") && hasHostsAddresses()) {
            notes.add("QEMU takes the host's address bits with host-phys-bits, so phys-bits=%s is left out"
                    .formatted(word.setting()));
        } else if (word.name().equals("phys-bits")) {
            cpuLines.add(0, "  <maxphysaddr mode='emulate' bits='%s'/>".formatted(escaped(word.setting())));
        } else if (word.name().equals(LIMIT) && words.containsKey("host-phys-bits")) {
            return; // written with host-phys-bits
        } else if (isSwitch(word) && !PROPERTIES.contains(word.name())) {
            cpuLines.add("  <feature policy='%s' name='%s'/>"
                    .formatted(word.isOn() ? "require" : "disable", escaped(LibvirtFeature.name(word.spelling()))));
        } else {
            notes.add("%s=%s cannot be said in <cpu>".formatted(word.name(), word.setting()));
        }
    }

    private boolean hasHostsAddresses() {
        return words.containsKey("host-phys-bits")
                && words.get("host-phys-bits").isOn();
    }

    /** Caches have one element for both flags: whichever is on, or neither. */
    private void caches(Word word) {
        boolean isHost = words.containsKey("host-cache-info")
                && words.get("host-cache-info").isOn();
        if (isHost && !cpuHead.isEmpty() && !Set.of("host", "max").contains(cpuHead)) {
            notes.add(
                    "libvirt has the host's caches for the models host and max only: host-cache-info=on cannot be said");
            return;
        }
        boolean isThird = words.containsKey("l3-cache") && words.get("l3-cache").isOn();
        String line = isHost
                ? "  <cache mode='passthrough'/>"
                : isThird ? "  <cache level='3' mode='emulate'/>" : "  <cache mode='disable'/>";
        if (!cpuLines.contains(line)) {
            cpuLines.add(0, line);
        }
        if (isHost && isThird && word.name().equals("l3-cache")) {
            notes.add("libvirt has one <cache> in <cpu>: host-cache-info=on and l3-cache=on cannot both be said");
        }
    }

    private void cpuElement(List<String> lines, String migratable) {
        if (kept.isWhole()) {
            if (!kept.cpu().isEmpty()) {
                lines.add(kept.cpu());
            }
            return;
        }
        String head = switch (cpuHead) {
            case "host" -> "<cpu mode='host-passthrough'" + migratable;
            case "max" -> "<cpu mode='maximum'" + migratable;
            case "" -> "<cpu";
            // QEMU starts all the same where the host lacks a part of a model; libvirt does if it is told not to look.
            default -> "<cpu mode='custom' match='exact'" + (isEnforced ? "" : " check='none'");
        };
        if (!cpuHead.isEmpty() && !cpuHead.equals("host") && !cpuHead.equals("max")) {
            cpuLines.add(0, "  <model>" + escaped(cpuHead) + "</model>");
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

    private static void wrap(List<String> lines, String opening, String element, List<String> inner) {
        if (!inner.isEmpty()) {
            lines.add(opening);
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
