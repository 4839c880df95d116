package hv.flags;

import hv.api.Flags;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A line of virt-install or virt-xml, whose options are libvirt's elements by other names:
 * {@code --features hyperv.relaxed.state=on}. They are read as those elements.
 */
final class VirtInstallFormat implements Format {
    private static final List<String> PROGRAMS = List.of("virt-install", "virt-xml");

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        if (PROGRAMS.stream().noneMatch(text::contains)) {
            return Optional.empty();
        }
        ShellWords all = new ShellWords(new ShellReader(text).read());
        int start = -1;
        for (int i = 0; i < all.words().size(); i++) {
            start = PROGRAMS.contains(all.words().get(i).fileName()) ? i : start;
        }
        if (start < 0) {
            return Optional.empty();
        }
        ShellWords line = all.part(start, all.words().size());
        Map<String, String> options = new TreeMap<>();
        for (String option : List.of(
                "features", "clock", "cpu", "panic", "virt-type", "arch", "os-variant", "osinfo", "qemu-commandline")) {
            value(line, option).ifPresent(value -> options.put(option, value));
        }
        LibvirtDomain domain = domain(options);
        Reading reading = domain.finish("");
        reading.writer(this::write);
        Optional<String> system = Optional.ofNullable(options.getOrDefault("osinfo", options.get("os-variant")));
        system.filter(name -> name.contains("win"))
                .ifPresent(name -> reading.remark(
                        "virt-install may add flags of its own for %s; what counts in the end is virsh dumpxml NAME, or --print-xml"
                                .formatted(Shown.of(name, Shown.WORD))));
        if (reading.flags().isEmpty() || !Surroundings.hasHyperV(reading.flags()) && system.isEmpty()) {
            throw new UnusableTextException(
                    "this virt-install line has no Hyper-V feature; hand over the domain that it makes: virt-install ... --print-xml");
        }
        return Optional.of(reading);
    }

    private static Optional<String> value(ShellWords line, String option) throws UnusableTextException {
        String joined = "--" + option + "=";
        StringBuilder values = new StringBuilder();
        for (int i = 0; i < line.words().size(); i++) {
            ShellWord word = line.words().get(i);
            boolean isApart =
                    word.text().equals("--" + option) && i + 1 < line.words().size();
            if (!isApart && !word.text().startsWith(joined)) {
                continue;
            }
            ShellWord value = isApart ? line.words().get(i + 1) : word;
            if (value.unknown().isPresent()) {
                String name = Shown.of(value.unknown().get(), Shown.WORD);
                throw new UnusableTextException(
                        "what %s stands for in --%s is not known here; write its value instead of %s"
                                .formatted(name, option, name));
            }
            values.append(values.isEmpty() ? "" : ",")
                    .append(isApart ? value.text() : value.text().substring(joined.length()));
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(values.toString());
    }

    private static LibvirtDomain domain(Map<String, String> options) throws UnusableTextException {
        LibvirtDomain domain = new LibvirtDomain(true);
        domain.start("", "domain", attributes(Map.of("type", options.getOrDefault("virt-type", "kvm")))::get);
        if (options.containsKey("arch")) {
            domain.start("os", "type", attributes(Map.of("arch", options.get("arch")))::get);
        }
        cpu(domain, options.getOrDefault("cpu", "host-passthrough"));
        features(domain, options.getOrDefault("features", ""));
        clock(domain, options.getOrDefault("clock", ""));
        if (options.getOrDefault("panic", "").matches("(model=)?hyperv(,.*)?")) {
            domain.start("devices", "panic", Map.of("model", "hyperv")::get);
        }
        for (ShellWord word :
                ShellWords.of(options.getOrDefault("qemu-commandline", "")).words()) {
            domain.start("commandline", "arg", Map.of("value", word.text())::get);
        }
        return domain;
    }

    private static Map<String, String> attributes(Map<String, String> given) {
        return new HashMap<>(given);
    }

    private static void cpu(LibvirtDomain domain, String value) throws UnusableTextException {
        String[] words = value.split(",");
        String first = words[0].startsWith("mode=") || words[0].startsWith("model=")
                ? words[0].substring(words[0].indexOf('=') + 1)
                : words[0];
        boolean isMode = List.of("host-passthrough", "host-model", "maximum").contains(first);
        domain.start(
                "domain",
                "cpu",
                attributes(Map.of("mode", isMode ? first : first.equals("host") ? "host-passthrough" : "custom"))::get);
        if (!isMode && !first.equals("host") && !first.contains("=") && !first.isEmpty()) {
            domain.end("cpu", "model", first);
        }
        for (String word : words) {
            String name = word.substring(word.indexOf('=') + 1);
            boolean isOn = word.startsWith("+") || word.startsWith("require=") || word.startsWith("force=");
            boolean isOff = word.startsWith("-") || word.startsWith("disable=") || word.startsWith("forbid=");
            if (isOn || isOff) {
                String feature = word.contains("=") ? name : word.substring(1);
                domain.start(
                        "cpu",
                        "feature",
                        attributes(Map.of("name", feature, "policy", isOn ? "require" : "disable"))::get);
            }
        }
    }

    /** Settings of one element are put together: {@code hyperv.spinlocks.state=on,hyperv.spinlocks.retries=8191}. */
    private static void features(LibvirtDomain domain, String value) throws UnusableTextException {
        Map<String, Map<String, String>> elements = new LinkedHashMap<>();
        for (String word : value.split(",")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                String[] path = path(word.substring(0, equals));
                elements.computeIfAbsent(path[0], name -> new HashMap<>()).put(path[1], word.substring(equals + 1));
            }
        }
        for (Map.Entry<String, Map<String, String>> element : elements.entrySet()) {
            String[] names = element.getKey().split("\\.");
            String parent = names.length > 1 ? names[names.length - 2] : "features";
            domain.start(parent, names[names.length - 1], element.getValue()::get);
        }
    }

    /** The element and the attribute: today's spelling with points, and the older one with underscores. */
    private static String[] path(String name) {
        if (name.contains(".")) {
            int last = name.lastIndexOf('.');
            return new String[] {name.substring(0, last), name.substring(last + 1)};
        }
        if (name.startsWith("hyperv_") || name.startsWith("kvm_")) {
            int first = name.indexOf('_');
            String parent = name.substring(0, first);
            String rest = name.substring(first + 1);
            return switch (rest) {
                case "spinlocks_retries" -> new String[] {parent + ".spinlocks", "retries"};
                case "vendor_id_value" -> new String[] {parent + ".vendor_id", "value"};
                default -> new String[] {parent + "." + rest.replace("hint_dedicated", "hint-dedicated"), "state"};
            };
        }
        return new String[] {name, "state"};
    }

    private static void clock(LibvirtDomain domain, String value) throws UnusableTextException {
        Map<String, Map<String, String>> timers = new TreeMap<>();
        for (String word : value.split(",")) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            String setting = word.substring(equals + 1);
            if (name.matches("[a-z]+_present")) {
                timers.computeIfAbsent(name, timer -> new HashMap<>()).put("present", setting);
                timers.get(name).put("name", name.substring(0, name.indexOf('_')));
            } else if (name.matches("timer\\d*\\.[a-z]+")) {
                int point = name.indexOf('.');
                timers.computeIfAbsent(name.substring(0, point), timer -> new HashMap<>())
                        .put(name.substring(point + 1), setting);
            }
        }
        for (Map<String, String> timer : timers.values()) {
            domain.start("clock", "timer", timer::get);
        }
    }

    @Override
    public Written write(Flags flags) {
        Written xml = new LibvirtWriter(flags, LibvirtKept.NOTHING).write();
        return new Written("# in the domain, with virsh edit NAME:\n" + xml.text(), xml.notes());
    }

    @Override
    public String change(Flags change) {
        return LibvirtWriter.line(change);
    }
}
