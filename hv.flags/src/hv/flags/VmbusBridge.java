package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What QEMU's devices on VMBus want of a command line: {@code vmbus-bridge} is the bus, which works with hv-synic, and
 * so with hv-vpindex; without, QEMU says so, goes on, and the guest has no bus. libvirt has no element for it, so there
 * it stands among what is passed through to QEMU.
 */
final class VmbusBridge {
    private static final String BRIDGE = "vmbus-bridge";
    private static final String BALLOON = "hv-balloon";
    private static final List<String> NEEDED = List.of("hv-vpindex", "hv-synic");
    private static final List<String> RECOMMENDED = List.of("hv-stimer", "hv-vapic", "hv-runtime");
    private static final String PASSTHROUGH = "hv-passthrough";

    private VmbusBridge() {}

    /** Says what is wrong with the bus of a command line, if it has one and its flags have an effect. */
    static void look(ShellWords line, Reading reading) {
        List<String> devices = line.options("device");
        long bridges = devices.stream().filter(device -> is(BRIDGE, device)).count();
        if (bridges > 1) {
            reading.uncorrectable()
                    .problem(new Problem(
                            Severity.WILL_NOT_START,
                            "",
                            "QEMU takes one -device vmbus-bridge (\"there can be at most one vmbus-bridge in the system\")",
                            "leave all but one out"));
        }
        if (bridges == 0 && devices.stream().anyMatch(device -> is(BALLOON, device))) {
            reading.uncorrectable()
                    .problem(new Problem(
                            Severity.WILL_NOT_START,
                            "",
                            "hv-balloon is a device on VMBus (\"No 'vmbus' bus found for device 'hv-balloon'\")",
                            "put -device vmbus-bridge in front of it"));
        }
        if (bridges > 0 && reading.effect() != Effect.NONE && !reading.flags().isOn(PASSTHROUGH)) {
            flags(reading);
        }
    }

    private static void flags(Reading reading) {
        List<String> missing = missing(NEEDED, reading.flags());
        if (!missing.isEmpty()) {
            reading.problem(new Problem(
                    Severity.GUEST_MISBEHAVES,
                    missing.get(0),
                    "QEMU gives the guest no VMBus for its -device vmbus-bridge (\"VMBus requires usable Hyper-V SynIC and VP_INDEX\")",
                    "add " + String.join(",", missing),
                    String.join(",", missing)));
            return;
        }
        List<String> better = missing(RECOMMENDED, reading.flags());
        if (!better.isEmpty()) {
            reading.problem(new Problem(
                    Severity.NOTE,
                    better.get(0),
                    "QEMU 9.0 and newer warn that some Windows versions do not boot or do not use VMBus without hv-stimer, hv-vapic and hv-runtime",
                    "add " + String.join(",", better)));
        }
    }

    private static List<String> missing(List<String> names, Flags flags) {
        return names.stream().filter(name -> !flags.isOn(name)).toList();
    }

    /** In any of the forms in which QEMU takes a device: its name in front, as {@code driver=}, or as JSON. */
    private static boolean is(String driver, String device) {
        String name = Pattern.quote(driver);
        return Pattern.compile(
                        "(driver=)?%1$s(,.*)?|.*,driver=%1$s(,.*)?|\\s*\\{.*\"driver\"\\s*:\\s*\"%1$s\".*"
                                .formatted(name),
                        Pattern.DOTALL)
                .matcher(device)
                .matches();
    }
}
