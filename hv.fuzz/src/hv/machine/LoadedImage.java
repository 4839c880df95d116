package hv.machine;

import hv.api.GuestMemory;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Loads a guest image without a machine, which needs no KVM. In the loaders' package because they are nobody else's business; not part of the
 * bundle.
 */
public final class LoadedImage {
    private LoadedImage() {}

    /**
     * Reads an image as a machine does and loads it twice, as after a reset.
     *
     * @param memory all zeros
     * @param again the same amount of it
     * @return why it was refused; empty if it was loaded
     */
    public static Optional<String> load(
            byte[] file, byte[] module, String commandLine, long memoryBytes, GuestMemory memory, GuestMemory again) {
        MachineSpec spec = new MachineSpec(
                "host",
                2,
                memoryBytes,
                file,
                "kernel",
                module,
                commandLine,
                OutputStream.nullOutputStream(),
                CrashAction.CONTINUE);
        try {
            Image image = Image.read(spec);
            image.load(memory);
            image.start();
            image.load(again);
            return Optional.empty();
        } catch (ImageException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (DamagedImageException e) {
            return Optional.of(String.valueOf(e.reason().getMessage()));
        }
    }
}
