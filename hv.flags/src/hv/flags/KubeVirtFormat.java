package hv.flags;

import hv.api.Flags;
import hv.api.Flags.Word;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A virtual machine of KubeVirt's in YAML or JSON, or the part of one below {@code domain:}; of several the last one
 * counts.
 */
final class KubeVirtFormat implements Format {
    private static final Pattern MARKS = Pattern.compile(
            "(?m)[\"']?apiVersion[\"']?\\s*:\\s*[\"']?[\\w.]*kubevirt\\.io/|^[ \\t{-]*[\"']?(hyperv|hypervPassthrough|preferredHyperv)[\"']?\\s*:");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][\\w.-]*");
    private static final Pattern NO_TEXT = Pattern.compile("(?i)true|false|null");

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        if (text.indexOf(':') < 0
                || !MARKS.matcher(text).find()
                || text.stripLeading().startsWith("<")) {
            return Optional.empty();
        }
        List<KubeVirtGuest> guests = new ArrayList<>();
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Object document : Yaml.documents(text)) {
            find(document, guests, seen);
        }
        if (guests.isEmpty()) {
            throw new UnusableTextException(
                    "this is KubeVirt's, but there is no features: or clock: of a domain in it, so it has no flags");
        }
        Reading reading = guests.get(guests.size() - 1).read();
        if (guests.size() > 1) {
            reading.remark("there are %d virtual machines in this text; the last one is the one that is looked at"
                    .formatted(guests.size()));
        }
        return Optional.of(reading);
    }

    /** Every mapping that says something of a domain, from the outermost on; aliases may lead to what was seen. */
    private static void find(Object node, List<KubeVirtGuest> guests, Set<Object> seen) {
        boolean isNew = node != null && seen.add(node);
        if (isNew && node instanceof List<?> list) {
            list.forEach(element -> find(element, guests, seen));
        } else if (isNew && node instanceof Map<?, ?> map) {
            Object architecture = map.get("architecture");
            if (map.get("domain") instanceof Map<?, ?> domain) {
                guests.add(new KubeVirtGuest(domain, architecture instanceof String name ? name : ""));
            } else if (KubeVirtGuest.isDomain(map)) {
                guests.add(new KubeVirtGuest(map, ""));
            } else {
                map.values().forEach(element -> find(element, guests, seen));
            }
        }
    }

    @Override
    public Written write(Flags flags) {
        return write(flags, true);
    }

    /** The fields for flags; the model of the CPU stays as it is where it is not written. */
    static Written write(Flags flags, boolean hasModel) {
        List<String> notes = new ArrayList<>();
        List<String> hyperv = new ArrayList<>();
        List<String> clock = new ArrayList<>();
        List<String> cpu = new ArrayList<>();
        for (Word word : flags.inEffect()) {
            Optional<KubeVirtFlag> row = KubeVirtFlag.ofFlag(word.name());
            if (row.isPresent() && !row.get().isInner()) {
                hyperv.addAll(row.get().lines(word, flags));
            } else if (word.name().equals("hv-time")) {
                clock.addAll(
                        List.of("clock:", "  timer:", word.isOn() ? "    hyperv: {}" : "    hyperv: {present: false}"));
            } else if (word.name().equals("hv-passthrough")) {
                hyperv.add(0, "");
            } else if (row.isPresent()) {
                if (!flags.isOn("hv-" + row.get().outer())) {
                    notes.add("KubeVirt has %s only inside of %s"
                            .formatted(word.name(), row.get().parent()));
                }
            } else if (word.isHyperV()) {
                notes.add("KubeVirt has no field for %s=%s".formatted(word.name(), word.setting()));
            } else if (hasModel && word.isBare() && cpu.isEmpty()) {
                String model = word.spelling().equals("host") ? "host-passthrough" : word.spelling();
                cpu.addAll(List.of("cpu:", "  model: " + scalar(model)));
            }
        }
        List<String> lines = new ArrayList<>(cpu);
        if (!hyperv.isEmpty()) {
            boolean isPassthrough = hyperv.removeIf(String::isEmpty);
            if (isPassthrough && !hyperv.isEmpty()) {
                notes.add("KubeVirt takes no fields of hyperv beside hypervPassthrough: they cannot be said");
            }
            lines.addAll(
                    isPassthrough
                            ? List.of("features:", "  hypervPassthrough:", "    enabled: true")
                            : List.of("features:", "  hyperv:"));
            if (!isPassthrough) {
                hyperv.forEach(line -> lines.add("    " + line));
            }
        } else if (clock.isEmpty() && !cpu.isEmpty()) {
            // A model alone could be anybody's; with this it is KubeVirt's, and says that no flag is on.
            lines.addAll(List.of("features:", "  hyperv: {}"));
        }
        lines.addAll(clock);
        return new Written(String.join("\n", lines), notes);
    }

    /** A model's name as YAML reads it as text: any word may stand before the flags. */
    private static String scalar(String name) {
        if (PLAIN.matcher(name).matches() && !NO_TEXT.matcher(name).matches()) {
            return name;
        }
        StringBuilder quoted = new StringBuilder("\"");
        name.codePoints().forEach(each -> {
            if (each == '"' || each == '\\') {
                quoted.append('\\').append((char) each);
            } else if (each >= ' ' && each <= '~') {
                quoted.append((char) each);
            } else {
                quoted.append("\\U%08x".formatted(each));
            }
        });
        return quoted.append('"').toString();
    }

    /** Writes as {@link #write} does, in braces, so that one line is YAML. */
    @Override
    public String change(Flags change) {
        StringBuilder line = new StringBuilder();
        int open = 0;
        boolean isFirst = true;
        for (String next : write(change, false).text().lines().toList()) {
            int depth = (next.length() - next.stripLeading().length()) / 2;
            while (open > depth) {
                line.append('}');
                open--;
            }
            line.append(isFirst ? "" : ", ").append(next.strip());
            isFirst = next.endsWith(":");
            if (isFirst) {
                line.append(" {");
                open = depth + 1;
            }
        }
        return line.append("}".repeat(open)).toString();
    }
}
