package hv.launcher.options;

import hv.api.VpSet;
import hv.flags.OptionReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code ./hv run} was asked for, checked as far as that can be done without starting anything.
 *
 * @param cpu flags in any syntax, {@code @FILE} or {@code -}; empty for everything that is deployed, or the profile
 * @param smp virtual processors, 1 to {@value VpSet#MAX_VPS}
 * @param memoryBytes RAM, a multiple of 4 KiB
 * @param kernel image to boot instead of our own guest
 * @param initrd its initial RAM disk
 * @param append its command line; for our own guest its options
 * @param backend where the guest runs
 * @param onCrash what happens when the guest reports a crash
 * @param console whether the console runs beside the guest
 * @param restore snapshot to continue instead of booting
 * @param saveAt snapshot to write after a time, which ends the run
 * @param profile name of a set of flags, in place of flags
 * @param vmbus whether the guest has VMBus with all services that are deployed
 * @param devices what it has on VMBus besides, or only
 * @param gracefulEnd how long a guest has to power itself off after SIGTERM; empty if it is stopped at once
 * @param given names of the options that were given
 */
public record RunOptions(
        String cpu,
        int smp,
        long memoryBytes,
        Optional<Path> kernel,
        Optional<Path> initrd,
        String append,
        Backend backend,
        OnCrash onCrash,
        boolean console,
        Optional<Path> restore,
        Optional<SaveAt> saveAt,
        Optional<String> profile,
        boolean vmbus,
        List<DeviceOption> devices,
        Optional<Duration> gracefulEnd,
        Set<String> given) {
    /** Copies the collections. */
    public RunOptions {
        devices = List.copyOf(devices);
        given = Set.copyOf(given);
    }

    /** Exit status for a command line that cannot be used. */
    public static final int UNUSABLE = 2;

    /**
     * When to write a snapshot.
     *
     * @param afterMillis milliseconds after the guest was entered, 1 to 86,400,000
     * @param file where to
     */
    public record SaveAt(long afterMillis, Path file) {}

    /** Where the guest runs. */
    public enum Backend {
        AUTO,
        KVM,
        HOSTED
    }

    /** What happens when the guest reports a crash. */
    public enum OnCrash {
        CONTINUE,
        STOP,
        RESET
    }

    /**
     * Reads the arguments behind {@code run}.
     *
     * @throws IllegalArgumentException with one line that says what is wrong and what to write instead
     */
    public static RunOptions parse(String... args) {
        RunReader reader = new RunReader();
        new OptionReader<>(RunReader.NAMES, RunReader.SWITCHES, reader).read(reader::read, args);
        return reader.finish();
    }

    /** Whether the machine has the device that test kernels for the synthetic interrupt controller expect. */
    public boolean hasTestDevice() {
        return given.contains(RunReader.TEST_DEVICE);
    }

    /** Whether the guest has VMBus. */
    public boolean hasBus() {
        return vmbus || !devices.isEmpty();
    }

    /** A copy with VPs, memory and back end of a snapshot where none were given. */
    public RunOptions completedBy(int vps, long bytes, String backEnd) {
        Backend saved = switch (backEnd) {
            case "kvm" -> Backend.KVM;
            case "hosted" -> Backend.HOSTED;
            default -> backend;
        };
        return new RunOptions(
                cpu,
                given.contains("--smp") ? smp : vps,
                given.contains("--memory") ? memoryBytes : bytes,
                kernel,
                initrd,
                append,
                backend == Backend.AUTO ? saved : backend,
                onCrash,
                console,
                restore,
                saveAt,
                profile,
                vmbus,
                devices,
                gracefulEnd,
                given);
    }
}
