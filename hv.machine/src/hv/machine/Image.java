package hv.machine;

import hv.api.GuestMemory;
import hv.kvm.BootState;

/** A guest image that was read and found good. Immutable, so that a reset can load it again. */
interface Image {
    /** Writes the image, its tables and its parameters into memory that is all zeros. */
    void load(GuestMemory memory);

    /** How VP 0 starts it. */
    BootState start();

    /**
     * Reads an image in either format.
     *
     * @throws ImageException if it is neither, or does not fit the machine
     */
    static Image read(MachineSpec spec) throws ImageException {
        checkCommandLine(spec);
        if (FlatImage.isFlat(spec.image())) {
            return FlatImage.read(spec);
        }
        return MultibootImage.read(spec);
    }

    private static void checkCommandLine(MachineSpec spec) throws ImageException {
        int most = LowMemory.COMMAND_LINE_BYTES - 1;
        String line = spec.commandLine();
        if (line.length() > most || line.chars().anyMatch(c -> c < 0x20 || c > 0x7E)) {
            throw new ImageException(
                    spec.imageName(), "its command line must be %d printable ASCII characters at most".formatted(most));
        }
    }
}
