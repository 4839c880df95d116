package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a domain says of its CPU beside the enlightenments. Used by one thread for one domain. */
final class LibvirtCpu {
    private final LibvirtHyperv problems;
    private final List<String> features = new ArrayList<>();
    private String mode = "";
    private String model = "";

    LibvirtCpu(LibvirtHyperv problems) {
        this.problems = problems;
    }

    void start(String parent, String element, UnaryOperator<String> attributes) {
        Optional<LibvirtSwitch> row = LibvirtSwitch.ofElement(parent, element);
        if (row.isPresent()) {
            String state = attributes.apply(row.get().attribute());
            if ("on".equals(state) || "off".equals(state)) {
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
                if ("on".equals(attributes.apply("state"))) {
                    features.add("kvm=off");
                }
            }
            case "clock/timer" -> timer(attributes);
            default -> {}
        }
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
    Optional<String> unsaid() {
        return isHostModel()
                ? Optional.of(
                        "libvirt makes a named model of mode='host-model' on each host; host is what comes nearest")
                : Optional.empty();
    }

    private void cpu(UnaryOperator<String> attributes) {
        mode = Optional.ofNullable(attributes.apply("mode")).orElse("custom");
        if ("off".equals(attributes.apply("migratable"))) {
            features.add("migratable=off");
        }
    }

    private void feature(String name, String policy) {
        if (name != null && problems.isWord("<feature name>", name)) {
            boolean isOff = "disable".equals(policy) || "forbid".equals(policy);
            features.add(name + (isOff ? "=off" : "=on"));
        }
    }

    private void cache(String how) {
        switch (how) {
            case "passthrough" -> features.addAll(List.of("host-cache-info=on", "l3-cache=off"));
            case "emulate" -> features.addAll(List.of("l3-cache=on", "host-cache-info=off"));
            case "disable" -> features.addAll(List.of("host-cache-info=off", "l3-cache=off"));
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
        } else if (name.equals("kvmclock") && "no".equals(attributes.apply("present"))) {
            features.add("kvmclock=off");
        }
    }
}
