package hv.machine;

import hv.api.Flags;
import hv.api.VpSet;
import hv.flags.FlagGrammar;
import hv.machine.boot.BootSpec;
import hv.machine.boot.GuestFile;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What to run and on what.
 *
 * @param flags what the guest is promised
 * @param vps virtual processors, 1 to 4096
 * @param memoryBytes guest RAM: 16 MiB or more, a multiple of 4096
 * @param image a Linux bzImage or vmlinux, a Multiboot ELF file or a flat 64-bit payload; only what is needed is read,
 *     again at each reset
 * @param imageName its name, for messages and, but for Linux, as first word of the command line
 * @param module one module (initial RAM disk) for the guest; empty for none
 * @param commandLine the guest's command line, for Linux as it is, otherwise after the image's name; ASCII
 * @param serial where the guest's serial output goes; written by a thread of its own, flushed at line ends and at the
 *     end. A reader who takes his time slows the guest down and loses nothing
 * @param onCrash what to do when the guest reports a crash
 * @param testDevice whether the machine has the device that test kernels for the synthetic interrupt controller expect
 * @param bus the guest's VMBus; empty for none
 */
public record MachineSpec(
        Flags flags,
        int vps,
        long memoryBytes,
        GuestFile image,
        String imageName,
        GuestFile module,
        String commandLine,
        OutputStream serial,
        CrashAction onCrash,
        boolean testDevice,
        Optional<BusSpec> bus) {
    /** Most VPs that a partition can have. */
    public static final int MAX_VPS = VpSet.MAX_VPS;

    /** Least memory. */
    public static final long MIN_MEMORY_BYTES = 16L << 20;

    private static final long MAX_MEMORY_BYTES = 1L << 44;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException with one line that says what to write instead
     */
    public MachineSpec {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(imageName, "imageName");
        Objects.requireNonNull(module, "module");
        Objects.requireNonNull(commandLine, "commandLine");
        Objects.requireNonNull(serial, "serial");
        Objects.requireNonNull(onCrash, "onCrash");
        Objects.requireNonNull(bus, "bus");
        if (vps < 1 || vps > MAX_VPS) {
            throw new IllegalArgumentException(
                    "%d virtual processors: give a number from 1 to %d".formatted(vps, MAX_VPS));
        }
        if (memoryBytes < MIN_MEMORY_BYTES || memoryBytes > MAX_MEMORY_BYTES || memoryBytes % 4096 != 0) {
            throw new IllegalArgumentException(
                    "guest memory of %d bytes: give a multiple of 4096 from 16M to 16T".formatted(memoryBytes));
        }
    }

    /** Without the test device and without VMBus. */
    public MachineSpec(
            Flags flags,
            int vps,
            long memoryBytes,
            GuestFile image,
            String imageName,
            GuestFile module,
            String commandLine,
            OutputStream serial,
            CrashAction onCrash) {
        this(flags, vps, memoryBytes, image, imageName, module, commandLine, serial, onCrash, false, Optional.empty());
    }

    /**
     * The same from bytes on the heap.
     *
     * @param flags QEMU's {@code -cpu} argument, as {@code host,hv-relaxed,hv-time}
     */
    public MachineSpec(
            String flags,
            int vps,
            long memoryBytes,
            byte[] image,
            String imageName,
            byte[] module,
            String commandLine,
            OutputStream serial,
            CrashAction onCrash) {
        this(
                FlagGrammar.read(flags),
                vps,
                memoryBytes,
                GuestFile.of(image),
                imageName,
                GuestFile.of(module),
                commandLine,
                serial,
                onCrash);
    }

    /**
     * A run without module and command line that goes on after a crash.
     *
     * @param flags QEMU's {@code -cpu} argument
     */
    public static MachineSpec of(
            String flags, int vps, long memoryBytes, byte[] image, String imageName, OutputStream serial) {
        return new MachineSpec(
                flags, vps, memoryBytes, image, imageName, new byte[0], "", serial, CrashAction.CONTINUE);
    }

    /** A copy with the test device. */
    public MachineSpec withTestDevice() {
        return with(true, bus);
    }

    /** A copy with a VMBus. */
    public MachineSpec withBus(BusSpec wanted) {
        return with(testDevice, Optional.of(wanted));
    }

    private MachineSpec with(boolean hasTestDevice, Optional<BusSpec> wanted) {
        return new MachineSpec(
                flags, vps, memoryBytes, image, imageName, module, commandLine, serial, onCrash, hasTestDevice, wanted);
    }

    /** What is loaded, for a loader, with what a guest finds in its tables. */
    BootSpec boot(Consumer<byte[]> entropy) {
        return new BootSpec(
                image, imageName, module, commandLine, vps, memoryBytes, bus.isPresent(), bus.map(present -> entropy));
    }

    /**
     * @throws IllegalStateException if a file that is loaded again at a reset has changed since it was read first; says
     *     which
     */
    void requireUnchanged() {
        Stream.of(image, module)
                .flatMap(file -> file.change().stream())
                .findFirst()
                .ifPresent(line -> {
                    throw new IllegalStateException(line);
                });
    }
}
