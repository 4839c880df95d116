package hv.snapshot;

import hv.api.HostFacts;
import java.time.Instant;

/** The payload of the header's frame. */
final class HeaderCodec {
    /** Year 9999. */
    private static final long LATEST_MILLIS = 253_402_300_799_999L;

    private HeaderCodec() {}

    static byte[] encode(SnapshotHeader header) throws FormatException {
        return new ByteWriter()
                .u32(header.vpCount())
                .u64(header.memoryBytes())
                .u64(header.tscFrequencyHz())
                .u64(header.savedAt().toEpochMilli())
                .u8(header.hasMemory() ? 1 : 0)
                .text(header.backEnd(), Bounds.NAME_BYTES)
                .text(header.flags(), Bounds.FLAGS_BYTES)
                .toArray();
    }

    static SnapshotHeader decode(ByteReader in) throws FormatException {
        int vps = in.u32("number of VPs", 1, Bounds.VPS);
        long memoryBytes = in.u64("memory", SnapshotHeader.NO_MACHINE, Bounds.MEMORY_BYTES);
        if (memoryBytes % Bounds.PAGE_BYTES != 0) {
            throw new FormatException("memory of %d bytes is not a multiple of 4096".formatted(memoryBytes));
        }
        long tscFrequencyHz = in.u64("TSC frequency", HostFacts.LOWEST_TSC_HZ, HostFacts.HIGHEST_TSC_HZ);
        long savedAt = in.u64("time of saving", 0, LATEST_MILLIS);
        int hasMemory = in.u8();
        if (hasMemory > 1) {
            throw new FormatException("whether there is memory is %d, not 0 or 1".formatted(hasMemory));
        }
        String backEnd = in.text("back end", 1, Bounds.NAME_BYTES);
        String flags = in.text("flags", 0, Bounds.FLAGS_BYTES);
        in.finish();
        return new SnapshotHeader(
                flags, backEnd, vps, memoryBytes, tscFrequencyHz, Instant.ofEpochMilli(savedAt), hasMemory == 1);
    }
}
