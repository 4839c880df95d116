package hv.machine;

import hv.api.GuestMemory;
import hv.api.machine.BootState;

/** A guest image that was read and found good. Immutable, so that a reset can load it again. */
interface Image {
    /**
     * Writes the image, its tables and its parameters into memory that is all zeros.
     *
     * @throws DamagedImageException if the image turns out to be damaged only while it is unpacked
     */
    void load(GuestMemory memory);

    /** How VP 0 starts it. */
    BootState start();

    /**
     * Reads an image in any of the formats.
     *
     * @throws ImageException if it is of none, or does not fit the machine
     */
    static Image read(MachineSpec spec) throws ImageException {
        byte[] head = ImageFile.head(spec.image().bytes(), ElfHeaders.HEAD_BYTES);
        if (LinuxImage.isLinux(head)) {
            return LinuxImage.read(spec, head);
        }
        checkCommandLine(spec, LowMemory.COMMAND_LINE_BYTES - 1);
        return FlatImage.isFlat(head) ? FlatImage.read(spec) : MultibootImage.read(spec, head);
    }

    /** Checks that the command line has no more than {@code most} characters, all of them printable ASCII. */
    static void checkCommandLine(MachineSpec spec, int most) throws ImageException {
        String line = spec.commandLine();
        if (line.length() > most || line.chars().anyMatch(c -> c < 0x20 || c > 0x7E)) {
            throw new ImageException(
                    spec.imageName(), "its command line must be %d printable ASCII characters at most".formatted(most));
        }
    }
}
