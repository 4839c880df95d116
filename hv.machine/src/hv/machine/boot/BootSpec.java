package hv.machine.boot;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a loader puts into a guest's memory, and how large the machine is that it tells the guest of. Immutable.
 *
 * @param image a Linux bzImage or vmlinux, a Multiboot ELF file or a flat 64-bit payload
 * @param imageName its name, for messages and, but for Linux, as first word of the command line
 * @param module one module (initial RAM disk) for the guest; empty for none
 * @param commandLine the guest's command line, for Linux as it is, otherwise after the image's name; ASCII
 * @param vps virtual processors
 * @param memoryBytes guest RAM: up to 3 GiB from address 0, the rest from 4 GiB
 * @param vmbus whether a guest that reads ACPI tables finds a VMBus in them
 * @param entropy fills an array with random bytes for such a guest, anew at each call; empty for none
 */
public record BootSpec(
        GuestFile image,
        String imageName,
        GuestFile module,
        String commandLine,
        int vps,
        long memoryBytes,
        boolean vmbus,
        Optional<Consumer<byte[]>> entropy) {
    /** Checks that nothing is missing. */
    public BootSpec {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(imageName, "imageName");
        Objects.requireNonNull(module, "module");
        Objects.requireNonNull(commandLine, "commandLine");
        Objects.requireNonNull(entropy, "entropy");
    }

    /** For a machine without VMBus, which loads the same each time. */
    public BootSpec(
            GuestFile image, String imageName, GuestFile module, String commandLine, int vps, long memoryBytes) {
        this(image, imageName, module, commandLine, vps, memoryBytes, false, Optional.empty());
    }

    /** Checks that the command line has no more than {@code most} characters, all of them printable ASCII. */
    void checkCommandLine(int most) throws ImageException {
        if (commandLine.length() > most || commandLine.chars().anyMatch(c -> c < 0x20 || c > 0x7E)) {
            throw new ImageException(
                    imageName, "its command line must be %d printable ASCII characters at most".formatted(most));
        }
    }
}
