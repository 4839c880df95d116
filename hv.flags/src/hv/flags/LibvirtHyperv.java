package hv.flags;

import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Collects the enlightenments of a libvirt domain, element by element, with libvirt's own rules. Used by one thread for
 * one domain.
 */
final class LibvirtHyperv {
    /** libvirt's own limit; QEMU has none. */
    static final long FEWEST_RETRIES = 4095;

    private static final long MOST_RETRIES = 0xFFFF_FFFFL;

    /** libvirt refuses a longer one, where QEMU cuts it. */
    static final int LONGEST_VENDOR_ID = 12;

    private static final String VENDOR_ID = "hv-vendor-id";
    private static final int MOST_PROBLEMS = 50;
    private static final Release WIDESPREAD = Release.of("5.0");
    private static final Release SINCE_MODE = Release.of("8.0");
    private static final Release SINCE_HOST_MODEL = Release.of("11.9");
    private static final Set<String> MODES = Set.of("custom", "passthrough", "host-model");

    private final List<String> flags = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Release> needs = new LinkedHashMap<>();
    private String mode = "";
    private String switchedOff = "";

    void add(String flag) {
        flags.add(flag);
    }

    /** All flags. libvirt gives QEMU no word for a clock that is not present, so that undoes nothing. */
    List<String> flags() {
        boolean isGiven = flags.contains("hv-time") || mode.equals("passthrough");
        return flags.stream()
                .filter(flag -> !isGiven || !flag.equals("hv-time=off"))
                .toList();
    }

    /** The mode that has to be written again as it was. */
    Optional<String> keptMode() {
        return mode.equals("host-model") ? Optional.of(mode) : Optional.empty();
    }

    void start(String parent, String element, UnaryOperator<String> attributes) {
        switch (parent + "/" + element) {
            case "features/hyperv", "/hyperv" -> mode(attributes.apply("mode"));
            case "clock/timer" -> timer(attributes);
            default -> {
                if (parent.equals(LibvirtFlag.HYPERV)
                        || LibvirtFlag.ofElement(parent, element).isPresent()) {
                    enlightenment(parent, element, attributes);
                }
            }
        }
    }

    void end(String element) {
        if (element.equals(switchedOff)) {
            switchedOff = "";
        }
    }

    /** Adds what is to be said. */
    void finish(Reading reading) {
        problems.forEach(reading::problem);
        if (problems.stream().anyMatch(problem -> problem.flag().equals(VENDOR_ID))) {
            reading.settles(Severity.GUEST_MISBEHAVES, VENDOR_ID); // libvirt refuses what QEMU would cut
        }
        needs.forEach((title, since) -> reading.needs(new Reading.Need(
                title, LibvirtFlag.ofTitle(title).map(LibvirtFlag::flag).orElse(""), since, flags -> true)));
        if (mode.equals("host-model")) {
            reading.settles(Severity.BLOCKS_MIGRATION, "hv-passthrough")
                    .unsaid(
                            "libvirt writes out for <hyperv mode='host-model'> what the host supports; hv-passthrough is what comes nearest");
        }
        String recent = needs.entrySet().stream()
                .filter(need -> need.getValue().compareTo(WIDESPREAD) > 0)
                .map(need -> need.getKey() + " needs libvirt " + need.getValue())
                .collect(Collectors.joining(", "));
        if (!recent.isEmpty()) {
            reading.problem(new Problem(
                    Severity.NOTE, "", recent + " or newer", "check --libvirt VERSION judges for one version"));
        }
    }

    private void mode(String given) {
        mode = given == null ? "custom" : given;
        if (!MODES.contains(mode)) {
            problem(
                    "",
                    "libvirt has no <hyperv mode='%s'>".formatted(Shown.of(mode, Shown.WORD)),
                    "write mode='custom' and the elements, mode='passthrough', or with libvirt 11.9 or newer mode='host-model'");
        } else if (!mode.equals("custom")) {
            flags.add("hv-passthrough");
        }
        if (given != null) {
            needs.put("<hyperv mode='%s'>".formatted(mode), mode.equals("host-model") ? SINCE_HOST_MODEL : SINCE_MODE);
        }
        needs.remove("<hyperv mode='custom'>");
    }

    private void timer(UnaryOperator<String> attributes) {
        if (!"hypervclock".equals(attributes.apply("name"))) {
            return;
        }
        String present = attributes.apply("present");
        if (present == null) {
            problems.add(new Problem(
                    Severity.NOTE,
                    "hv-time",
                    "libvirt does nothing for <timer name='hypervclock'> without present='yes'",
                    "write <timer name='hypervclock' present='yes'/>"));
        } else if (present.equals("yes") || present.equals("no")) {
            flags.add(present.equals("no") ? "hv-time=off" : "hv-time");
        } else {
            problem(
                    "hv-time",
                    "libvirt does not know present='%s'".formatted(Shown.of(present, Shown.WORD)),
                    "write present='yes' or present='no'");
        }
    }

    private void enlightenment(String parent, String element, UnaryOperator<String> attributes) {
        Optional<LibvirtFlag> row = LibvirtFlag.ofElement(parent, element);
        if (row.isEmpty()) {
            problem(
                    "",
                    "libvirt has no <%s> in <hyperv>".formatted(Shown.of(element, Shown.WORD)),
                    switch (element) {
                        case "time", "hypervclock" -> "hv-time is <timer name='hypervclock' present='yes'/> in <clock>";
                        case "crash" -> "hv-crash is <panic model='hyperv'/> in <devices>";
                        case "passthrough" -> "hv-passthrough is <hyperv mode='passthrough'>";
                        default -> "leave it out";
                    });
            return;
        }
        if (parent.equals(switchedOff)) {
            problems.add(new Problem(
                    Severity.NOTE,
                    row.get().flag(),
                    "libvirt does not look at <%s> in <%s state='off'>".formatted(element, parent),
                    "leave it out, or write <%s state='on'>".formatted(parent)));
            return;
        }
        state(row.get(), attributes);
    }

    private void state(LibvirtFlag row, UnaryOperator<String> attributes) {
        String flag = row.flag();
        String state = attributes.apply("state");
        if (!"on".equals(state) && !"off".equals(state)) {
            problem(
                    flag,
                    state == null
                            ? "<%s> has no state".formatted(row.element())
                            : "<%s> has no state that libvirt knows: '%s'"
                                    .formatted(row.element(), Shown.of(state, Shown.WORD)),
                    "write <%s state='on'/> or state='off'".formatted(row.element()));
            return;
        }
        needs.put(row.title(), row.since());
        if (state.equals("off")) {
            switchedOff = row.isInner() ? switchedOff : row.element();
            if (mode.equals("passthrough")) {
                problems.add(new Problem(
                        Severity.NOTE,
                        flag,
                        "libvirt does nothing for <%s state='off'> beside mode='passthrough'".formatted(row.element()),
                        "leave it out"));
            } else if (row.attribute().isEmpty()) {
                flags.add(flag + "=off");
            }
        } else if (row.attribute().isEmpty()) {
            flags.add(flag);
        } else {
            value(row, attributes.apply(row.attribute()));
        }
    }

    private void value(LibvirtFlag row, String value) {
        if (value == null) {
            problem(
                    row.flag(),
                    "<%s> has no %s".formatted(row.element(), row.attribute()),
                    "write <%s state='on' %s='...'/>".formatted(row.element(), row.attribute()));
        } else if (isWord(row.attribute(), value)) {
            flags.add(row.flag() + "=" + value);
            if (row.flag().equals("hv-spinlocks")) {
                retries(row, value);
            } else if (value.length() > LONGEST_VENDOR_ID) {
                problems.add(new Problem(
                        Severity.WILL_NOT_START,
                        row.flag(),
                        "libvirt takes a vendor id of at most %d characters".formatted(LONGEST_VENDOR_ID),
                        "write a shorter one",
                        row.flag() + "=" + value.substring(0, LONGEST_VENDOR_ID)));
            }
        }
    }

    private void retries(LibvirtFlag row, String value) {
        String fault = fault(value);
        if (!fault.isEmpty()) {
            problems.add(new Problem(
                    Severity.WILL_NOT_START, row.flag(), fault, "write retries='8191'", "hv-spinlocks=0x1fff"));
        }
    }

    /** libvirt reads hexadecimal and octal numbers as C does, though its schema has decimal ones. */
    private static String fault(String retries) {
        try {
            long number = Long.decode(retries.strip());
            if (number >= 0 && number <= MOST_RETRIES) {
                return number < FEWEST_RETRIES ? "libvirt takes no fewer retries than " + FEWEST_RETRIES : "";
            }
        } catch (NumberFormatException e) {
            // said below
        }
        return "libvirt takes a number of retries, not '%s'".formatted(Shown.of(retries, Shown.WORD));
    }

    /** A comma would begin another flag. */
    boolean isWord(String what, String value) {
        if (!value.contains(",")) {
            return true;
        }
        problem(
                "",
                "%s '%s' holds a comma, which QEMU takes for the end of a flag"
                        .formatted(what, Shown.of(value, Shown.WORD)),
                "leave the comma out");
        return false;
    }

    /** Adds something that libvirt refuses. */
    void problem(String flag, String reason, String remedy) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(new Problem(Severity.WILL_NOT_START, flag, reason, remedy));
        }
    }
}
