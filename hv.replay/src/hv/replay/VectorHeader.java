package hv.replay;

import hv.api.GuestMemory;
import hv.api.VpSet;

/**
 * The first line of a file: what the guest was. Immutable.
 *
 * @param cpu QEMU's flags; empty for a guest without Hyper-V
 * @param vps virtual processors, 1 to {@value #MAX_VPS}
 * @param memoryBytes RAM from address 0, whole pages, at most 256 MiB
 * @param about what the file is about
 * @param source where it was recorded
 */
public record VectorHeader(String cpu, int vps, long memoryBytes, String about, String source) {
    static final String FORMAT = "hv-vectors/1";
    static final int MAX_VPS = VpSet.MAX_VPS;

    private static final int MAX_MEMORY_BYTES = 256 << 20;

    /** Reads it. */
    static VectorHeader of(Fields fields) throws BadLineException {
        String format = fields.text("format");
        if (!format.equals(FORMAT)) {
            throw new BadLineException("format is '%s', not '%s'".formatted(format, FORMAT));
        }
        int memoryBytes = fields.integer("memory", 1, MAX_MEMORY_BYTES);
        if (memoryBytes % GuestMemory.PAGE_BYTES != 0) {
            throw new BadLineException("\"memory\" is not a multiple of 4096");
        }
        return new VectorHeader(
                fields.text("cpu"),
                fields.integer("vps", 1, MAX_VPS),
                memoryBytes,
                fields.optionalText("about").orElse(""),
                fields.optionalText("source").orElse(""));
    }
}
