package hv.machine.boot;

/** Reads guest images of all formats there are. Any thread. */
public final class ImageReader {
    private ImageReader() {}

    /**
     * Reads an image in any of the formats.
     *
     * @throws ImageException if it is of none, or does not fit the machine
     */
    public static Image read(BootSpec spec) throws ImageException {
        byte[] head = ImageFile.head(spec.image().bytes(), ElfHeaders.HEAD_BYTES);
        if (LinuxImage.isLinux(head)) {
            return LinuxImage.read(spec, head);
        }
        spec.checkCommandLine(LowMemory.COMMAND_LINE_BYTES - 1);
        return FlatImage.isFlat(head) ? FlatImage.read(spec) : MultibootImage.read(spec, head);
    }
}
