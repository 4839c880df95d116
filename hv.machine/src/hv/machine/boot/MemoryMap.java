package hv.machine.boot;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a machine of some size has RAM, as its firmware would say it: conventional memory, the reserved rest of the
 * first MiB, RAM from there on, and from 4 GiB what does not fit below the devices. Both boot protocols tell their
 * guests, with the types of the BIOS call E820.
 */
final class MemoryMap {
    static final int AVAILABLE = 1;
    static final int RESERVED = 2;

    /** From {@code from} up to {@code to}, of a type. */
    record Range(long from, long to, int type) {}

    private MemoryMap() {}

    /** The ranges in ascending order. */
    static List<Range> of(long memoryBytes) {
        long lowEnd = LowMemory.lowEnd(memoryBytes);
        List<Range> ranges = new ArrayList<>(List.of(
                new Range(0, LowMemory.CONVENTIONAL_END, AVAILABLE),
                new Range(LowMemory.CONVENTIONAL_END, LowMemory.ONE_MIB, RESERVED),
                new Range(LowMemory.ONE_MIB, lowEnd, AVAILABLE)));
        if (memoryBytes > lowEnd) {
            ranges.add(new Range(LowMemory.HIGH_RAM, LowMemory.HIGH_RAM + memoryBytes - lowEnd, AVAILABLE));
        }
        return ranges;
    }
}
