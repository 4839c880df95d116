package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a domain says of its CPU beside the enlightenments. Used by one thread for one domain. */
final class LibvirtCpu {
    private static final List<String> MODES = List.of("custom", "host-model", "host-passthrough", "maximum");
    private static final List<String> POLICIES = List.of("force", "require", "optional", "disable", "forbid");

    private final LibvirtHyperv problems;
    private final List<String> features = new ArrayList<>();
    private String mode = "";
    private String model = "";
    private boolean hasOptional;

    LibvirtCpu(LibvirtHyperv problems) {
        this.problems = problems;
    }

    void start(String parent, String element, UnaryOperator<String> attributes) {
        Optional<LibvirtSwitch> row = LibvirtSwitch.ofElement(parent, element);
        if (row.isPresent()) {
            String state = row.get().state(attributes.apply(row.get().attribute()));
            if (isSwitch(element, state, parent.equals("kvm"))) {
                features.add(row.get().flag() + "=" + state);
            }
            return;
        }
        switch (parent + "/" + element) {
            case "domain/cpu", "/cpu" -> cpu(attributes);
            case "cpu/feature" -> feature(attributes.apply("name"), attributes.apply("policy"));
            case "cpu/cache" -> cache(String.valueOf(attributes.apply("mode")));
            case "cpu/maxphysaddr" -> addresses(attributes);
            case "kvm/hidden" -> {
                String state = attributes.apply("state");
                if (isSwitch(element, state, true)) {
                    features.remove("kvm=off");
                    if (state.equals("on")) {
                        features.add("kvm=off");
                    }
                }
            }
            case "clock/timer" -> timer(attributes);
            default -> {}
        }
    }

    /** Whether there is a state; libvirt refuses any other word, and some elements without one. */
    private boolean isSwitch(String element, String state, boolean isRequired) {
        boolean isSwitch = "on".equals(state) || "off".equals(state);
        if (!isSwitch && (isRequired || state != null)) {
            problems.problem(
                    "",
                    state == null
                            ? "<%s> has no state".formatted(element)
                            : "<%s> has no state that libvirt knows: '%s'"
                                    .formatted(element, Shown.of(state, Shown.WORD)),
                    "write state='on' or state='off'");
        }
        return isSwitch;
    }

    void model(String name) {
        if (!mode.equals("host-passthrough")
                && !mode.equals("maximum")
                && !mode.equals("host-model")
                && problems.isWord("<model>", name)) {
            model = name;
        }
    }

    /**
     * The model and what is added to it.
     *
     * @param isWhole whether a model that is not named is libvirt's default
     */
    List<String> words(boolean isWhole, String architecture) {
        List<String> words = new ArrayList<>();
        String named = switch (mode) {
            case "host-passthrough", "host-model" -> "host";
            case "maximum" -> "max";
            default -> model;
        };
        if (!named.isEmpty()) {
            words.add(named);
        } else if (isWhole) {
            switch (architecture) {
                case "x86_64" -> words.add("qemu64");
                case "i686" -> words.add("qemu32");
                default -> {}
            }
        }
        words.addAll(features);
        return words;
    }

    boolean isHostModel() {
        return mode.equals("host-model");
    }

    /** What flags of QEMU cannot say of it. */
    List<String> unsaid() {
        List<String> lines = new ArrayList<>();
        if (isHostModel()) {
            lines.add("libvirt makes a named model of mode='host-model' on each host; host is what comes nearest");
        }
        if (hasOptional) {
            lines.add("libvirt decides on each host about a feature with policy='optional'");
        }
        return lines;
    }

    private void cpu(UnaryOperator<String> attributes) {
        mode = Optional.ofNullable(attributes.apply("mode")).orElse("custom");
        if (!MODES.contains(mode)) {
            problems.problem(
                    "",
                    "libvirt has no <cpu mode='%s'>".formatted(Shown.of(mode, Shown.WORD)),
                    "write one of " + String.join(", ", MODES));
        }
        if ("off".equals(attributes.apply("migratable"))) {
            features.add("migratable=off");
        }
    }

    private void feature(String name, String policy) {
        if (policy != null && !POLICIES.contains(policy)) {
            problems.problem(
                    "",
                    "libvirt has no policy '%s' for a feature of the CPU".formatted(Shown.of(policy, Shown.WORD)),
                    "write one of " + String.join(", ", POLICIES));
        } else if ("optional".equals(policy)) {
            hasOptional = true;
        } else if (name != null && problems.isWord("<feature name>", name)) {
            boolean isOff = "disable".equals(policy) || "forbid".equals(policy);
            features.add(name + (isOff ? "=off" : "=on"));
        }
    }

    /** Only the host's own processor has the host's caches, so they are switched off there alone. */
    private void cache(String how) {
        boolean isHost = mode.isEmpty() || mode.equals("host-passthrough") || mode.equals("maximum");
        List<String> hostOff = isHost ? List.of("host-cache-info=off") : List.of();
        switch (how) {
            case "passthrough" -> {
                if (!isHost) {
                    problems.problem(
                            "",
                            "libvirt has <cache mode='passthrough'> for mode='host-passthrough' and mode='maximum' only",
                            "leave it out");
                    return;
                }
                features.addAll(List.of("host-cache-info=on", "l3-cache=off"));
            }
            case "emulate" -> {
                features.add("l3-cache=on");
                features.addAll(hostOff);
            }
            case "disable" -> {
                features.addAll(hostOff);
                features.add("l3-cache=off");
            }
            default -> {}
        }
    }

    private void addresses(UnaryOperator<String> attributes) {
        String bits = attributes.apply("bits");
        String limit = attributes.apply("limit");
        if ("passthrough".equals(attributes.apply("mode"))) {
            features.add("host-phys-bits=on");
            if (limit != null && problems.isWord("limit", limit)) {
                features.add("host-phys-bits-limit=" + limit);
            }
        } else if (bits != null && problems.isWord("bits", bits)) {
            features.add("phys-bits=" + bits);
        }
    }

    private void timer(UnaryOperator<String> attributes) {
        String name = String.valueOf(attributes.apply("name"));
        String frequency = attributes.apply("frequency");
        if (name.equals("tsc") && frequency != null && problems.isWord("frequency", frequency)) {
            features.add("tsc-frequency=" + frequency);
        } else if (name.equals("kvmclock") && attributes.apply("present") != null) {
            features.add("no".equals(attributes.apply("present")) ? "kvmclock=off" : "kvmclock=on");
        }
    }
}
