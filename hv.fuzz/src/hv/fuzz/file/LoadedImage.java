package hv.fuzz.file;

import hv.api.GuestMemory;
import hv.machine.boot.BootSpec;
import hv.machine.boot.DamagedImageException;
import hv.machine.boot.GuestFile;
import hv.machine.boot.Image;
import hv.machine.boot.ImageException;
import hv.machine.boot.ImageReader;
import java.util.Optional;

/**
 * Loads a guest image without a machine, which needs no KVM.
 */
final class LoadedImage {
    private LoadedImage() {}

    /**
     * Reads an image as a machine does and loads it twice, as after a reset.
     *
     * @param memory all zeros
     * @param again the same amount of it
     * @return why it was refused; empty if it was loaded
     */
    static Optional<String> load(
            byte[] file, byte[] module, String commandLine, long memoryBytes, GuestMemory memory, GuestMemory again) {
        BootSpec spec = new BootSpec(GuestFile.of(file), "kernel", GuestFile.of(module), commandLine, 2, memoryBytes);
        try {
            Image image = ImageReader.read(spec);
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
