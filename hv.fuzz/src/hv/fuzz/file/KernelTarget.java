package hv.fuzz.file;

import hv.fuzz.target.Choices;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.Target;
import java.util.Optional;

/**
 * A guest image of any format. Has to hold: a refusal is one line; what is loaded is loaded the same again; nothing is
 * written outside of RAM, and no more time and memory is taken than an image of that size may.
 *
 * <p>Of each input the first bytes say what goes with the image, and whether the rest is the file or what is to be
 * packed into one, since no change of a byte gets through a compressor.
 */
public final class KernelTarget implements Target {
    private static final long MEMORY_BYTES = 16 << 20;
    private static final int MOST_MILLIS = 3_000;
    private static final int MOST_BYTES = 128 << 20;
    private static final int MODULE_BYTES = 5_000;

    private final TouchedMemory memory = new TouchedMemory(MEMORY_BYTES);
    private final TouchedMemory again = new TouchedMemory(MEMORY_BYTES);
    private final Effort effort = new Effort();

    @Override
    public int run(byte[] input) {
        Choices choices = new Choices(input);
        byte[] module = new byte[choices.oneIn(4) ? MODULE_BYTES : 0];
        String commandLine = choices.either() ? "console=ttyS0" : "";
        byte[] file = PackedKernel.of(choices);
        memory.clear();
        again.clear();
        effort.begin();
        Optional<String> refusal = LoadedImage.load(file, module, commandLine, MEMORY_BYTES, memory, again);
        effort.end("an image of %d bytes".formatted(file.length), MOST_MILLIS, MOST_BYTES);
        refusal.ifPresent(message -> OneLine.check("refusal", message));
        if (refusal.isEmpty() && memory.digest() != again.digest()) {
            throw new Finding("the image is loaded another way the second time");
        }
        return 1;
    }
}
