package hv.console;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.host.Verdict;
import java.util.List;
import java.util.Optional;

/** A set of flags that is made for Windows and has no clock in it. */
final class Clockless {
    private static final List<String> OF_WINDOWS = List.of("hv-vapic", "hv-spinlocks");

    private Clockless() {}

    /** What is to be said of it. */
    static Optional<Problem> problem(Verdict verdict) {
        Flags flags = verdict.flags();
        boolean isForWindows = flags.isOn("hv-relaxed")
                && OF_WINDOWS.stream()
                        .anyMatch(flag ->
                                flags.find(flag).filter(word -> !word.isOff()).isPresent());
        boolean hasClock = flags.isOn("hv-time") || flags.isOn("hv-passthrough");
        return isForWindows && !hasClock
                ? Optional.of(new Problem(
                        Severity.SLOWER,
                        "hv-time",
                        "without hv-time (libvirt's hypervclock) Windows reads the time from a device, and leaves the VM each time",
                        "add hv-time",
                        "hv-time"))
                : Optional.empty();
    }
}
