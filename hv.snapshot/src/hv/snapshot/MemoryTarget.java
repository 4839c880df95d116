package hv.snapshot;

import java.io.IOException;

/**
 * Puts the memory of a file in place: pages that are not in the file become zero. Used by one thread while the machine
 * is paused.
 */
final class MemoryTarget {
    private final Ram ram;
    private long nextGpa;

    private MemoryTarget(Ram ram) {
        this.ram = ram;
    }

    static void fill(Ram ram, SnapshotFile file) throws IOException, FormatException {
        MemoryTarget target = new MemoryTarget(ram);
        file.memory((run, frame) -> {
            ram.clear(target.nextGpa, run.gpa());
            ram.write(run.gpa(), run.bytes(), run.length());
            target.nextGpa = run.gpa() + run.length();
        });
        ram.clearFrom(target.nextGpa);
    }
}
