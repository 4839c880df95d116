package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Collects, element by element, what a libvirt domain says of its CPU, and makes {@code -cpu} of it. Used by one thread
 * for one domain.
 */
final class LibvirtDomain {
    /** libvirt's own limit; QEMU has none. */
    private static final long FEWEST_RETRIES = 4095;

    private static final int MOST_PROBLEMS = 50;
    private static final Set<String> DUMPS_ON_CRASH = Set.of("coredump-destroy", "coredump-restart", "preserve");

    private final List<String> flags = new ArrayList<>();
    private final List<String> features = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private String model = "";
    private String onCrash = "destroy";
    private boolean isEmulated;
    private boolean isCrashReported;

    /** An element begins; {@code attributes} gives null for what is not there. */
    void start(String parent, String element, UnaryOperator<String> attributes) {
        switch (parent + "/" + element) {
            case "/domain" -> isEmulated = "qemu".equals(attributes.apply("type"));
            case "features/hyperv", "/hyperv" -> mode(attributes.apply("mode"));
            case "domain/cpu", "/cpu" -> cpu(attributes);
            case "cpu/feature" -> feature(attributes.apply("name"), attributes.apply("policy"));
            case "kvm/hidden" -> {
                if ("on".equals(attributes.apply("state"))) {
                    features.add("kvm=off");
                }
            }
            case "clock/timer" -> timer(attributes);
            case "devices/panic" -> {
                if ("hyperv".equals(attributes.apply("model"))) {
                    flags.add("hv-crash");
                    isCrashReported = true;
                }
            }
            case "commandline/arg" -> arguments.add(String.valueOf(attributes.apply("value")));
            default -> enlightenment(parent, element, attributes);
        }
    }

    /** An element ends that held {@code text}. */
    void end(String parent, String element, String text) {
        if (parent.equals("domain") && element.equals("on_crash")) {
            onCrash = text;
        } else if (parent.equals("cpu") && element.equals("model") && isWord("<model>", text)) {
            model = text;
        }
    }

    /** What it comes to. A {@code -cpu} that the domain hands to QEMU itself wins over all elements. */
    Reading finish() throws UnusableTextException {
        Optional<String> own = new ShellWords(arguments).option("cpu");
        List<String> words = new ArrayList<>();
        if (!model.isEmpty()) {
            words.add(model);
        }
        words.addAll(features);
        words.addAll(flags);
        String argument = own.orElse(String.join(",", words));
        Flags read = FlagGrammar.bounded(argument);
        if (own.isPresent() && !flags.isEmpty()) {
            problem(
                    Severity.NOTE,
                    "",
                    "<qemu:commandline> has a -cpu of its own, so <hyperv> and <cpu> have no effect",
                    "leave it out");
        }
        if (isEmulated && Surroundings.hasHyperV(read)) {
            problems.add(Surroundings.emulated("write <domain type='kvm'>"));
        }
        if (isCrashReported && !DUMPS_ON_CRASH.contains(onCrash)) {
            problem(
                    Severity.NOTE,
                    "hv-crash",
                    "libvirt ends a guest that reports a crash before it has written its dump",
                    "write <on_crash>coredump-destroy</on_crash> to have the host write one");
        }
        problems.addAll(Surroundings.ofFlags(read));
        return new Reading(read, problems);
    }

    private void mode(String mode) {
        if ("passthrough".equals(mode)) {
            flags.add("hv-passthrough");
        } else if (mode != null && !mode.equals("custom")) {
            problem(
                    Severity.WILL_NOT_START,
                    "",
                    "<hyperv mode='%s'> cannot be told in QEMU's flags".formatted(Shown.of(mode, Shown.WORD)),
                    "write mode='custom' and the elements, or mode='passthrough'");
        }
    }

    private void cpu(UnaryOperator<String> attributes) {
        String mode = attributes.apply("mode");
        if ("host-passthrough".equals(mode) || "maximum".equals(mode) || "host-model".equals(mode)) {
            model = mode.equals("maximum") ? "max" : "host";
        }
        if ("off".equals(attributes.apply("migratable"))) {
            features.add("migratable=off");
        }
    }

    private void feature(String name, String policy) {
        if (name != null && isWord("<feature name>", name)) {
            boolean isOff = "disable".equals(policy) || "forbid".equals(policy);
            features.add(name + (isOff ? "=off" : "=on"));
        }
    }

    private void timer(UnaryOperator<String> attributes) {
        String name = String.valueOf(attributes.apply("name"));
        if (name.equals("hypervclock")) {
            flags.add("no".equals(attributes.apply("present")) ? "hv-time=off" : "hv-time");
        }
        String frequency = attributes.apply("frequency");
        if (name.equals("tsc") && frequency != null && isWord("frequency", frequency)) {
            features.add("tsc-frequency=" + frequency);
        }
    }

    private void enlightenment(String parent, String element, UnaryOperator<String> attributes) {
        Optional<LibvirtFlag> row = LibvirtFlag.ofElement(parent, element);
        if (row.isEmpty()) {
            if (parent.equals(LibvirtFlag.HYPERV)) {
                problem(
                        Severity.WILL_NOT_START,
                        "",
                        "libvirt has no <%s> in <hyperv>".formatted(Shown.of(element, Shown.WORD)),
                        element.equals("time")
                                ? "hv-time is <timer name='hypervclock' present='yes'/> in <clock>"
                                : "leave it out");
            }
            return;
        }
        String flag = row.get().flag();
        String state = attributes.apply("state");
        if (!"on".equals(state) && !"off".equals(state)) {
            problem(
                    Severity.WILL_NOT_START,
                    flag,
                    "<%s> has no state".formatted(element),
                    "write <%s state='on'/> or state='off'".formatted(element));
        } else if (row.get().attribute().isEmpty()) {
            flags.add(state.equals("on") ? flag : flag + "=off");
        } else if (state.equals("on")) {
            value(row.get(), attributes.apply(row.get().attribute()));
        }
    }

    private void value(LibvirtFlag row, String value) {
        if (value == null) {
            problem(
                    Severity.WILL_NOT_START,
                    row.flag(),
                    "<%s> has no %s".formatted(row.element(), row.attribute()),
                    "write <%s state='on' %s='...'/>".formatted(row.element(), row.attribute()));
        } else if (isWord(row.attribute(), value)) {
            flags.add(row.flag() + "=" + value);
            if (row.flag().equals("hv-spinlocks") && isTooFew(value)) {
                problems.add(new Problem(
                        Severity.WILL_NOT_START,
                        row.flag(),
                        "libvirt takes no fewer retries than " + FEWEST_RETRIES,
                        "write retries='8191'",
                        "hv-spinlocks=0x1fff"));
            }
        }
    }

    private static boolean isTooFew(String retries) {
        try {
            return Long.parseLong(retries) < FEWEST_RETRIES;
        } catch (NumberFormatException e) {
            return false; // said by the flag check
        }
    }

    /** A comma would begin another flag. */
    private boolean isWord(String what, String value) {
        if (!value.contains(",")) {
            return true;
        }
        problem(
                Severity.WILL_NOT_START,
                "",
                "%s '%s' holds a comma, which QEMU takes for the end of a flag"
                        .formatted(what, Shown.of(value, Shown.WORD)),
                "leave the comma out");
        return false;
    }

    private void problem(Severity severity, String flag, String reason, String remedy) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(new Problem(severity, flag, reason, remedy));
        }
    }
}
