package hv.machine.boot;

import hv.api.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An executable ELF32 file for i386, as far as loading needs it: entry point and PT_LOAD segments. The file is hostile:
 * every offset and size is checked, in 64-bit arithmetic, before anything is used.
 *
 * @param entry where it starts
 * @param segments in ascending order, without overlap
 */
record ElfFile(long entry, List<Segment> segments) {
    private static final int MAGIC = 0x464C_457F;
    private static final int HEADER_BYTES = 52;
    private static final int PROGRAM_HEADER_BYTES = 32;
    private static final int CLASS_32 = 1;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int MACHINE_386 = 3;
    private static final int PT_LOAD = 1;

    /**
     * Part of the file and where it goes.
     *
     * @param gpa physical address
     * @param contents what the file has of it
     * @param memoryBytes its size in memory; what the file does not have is zero
     */
    record Segment(long gpa, MemorySegment contents, long memoryBytes) {
        long end() {
            return gpa + memoryBytes;
        }
    }

    /** Where the last segment ends. */
    long end() {
        return segments.getLast().end();
    }

    /** Copies the segments; memory is zero before. */
    void load(GuestMemory memory) {
        for (Segment segment : segments) {
            ImageFile.copy(segment.contents, memory, segment.gpa);
        }
    }

    /**
     * Reads a file whose segments must lie in {@code [from, to)}.
     *
     * @throws ImageException if it is not such a file
     */
    static ElfFile read(MemorySegment file, String name, long from, long to) throws ImageException {
        ByteBuffer elf = ImageFile.buffer(file, name);
        if (elf.capacity() < HEADER_BYTES || elf.getInt(0) != MAGIC) {
            throw new ImageException(name, "it is not an ELF file: " + MultibootHeader.INSTEAD);
        }
        if (elf.get(4) == CLASS_64) {
            throw new ImageException(
                    name,
                    "it is a 64-bit ELF file, and Multiboot 1 starts in 32-bit mode: "
                            + "wrap it (objcopy -O elf32-i386), or make a flat payload (HVFLAT64) of it");
        }
        if (elf.get(4) != CLASS_32 || elf.get(5) != LITTLE_ENDIAN || elf.getShort(18) != MACHINE_386) {
            throw new ImageException(name, "it is not an ELF32 file for i386: " + MultibootHeader.INSTEAD);
        }
        List<Segment> segments = segments(elf, file, name);
        segments.sort(Comparator.comparingLong(Segment::gpa));
        check(segments, name, from, to);
        long entry = Integer.toUnsignedLong(elf.getInt(24));
        if (segments.stream().noneMatch(segment -> segment.gpa() <= entry && entry < segment.end())) {
            throw new ImageException(
                    name, "its entry point 0x%x is in none of its segments: rebuild it".formatted(entry));
        }
        return new ElfFile(entry, List.copyOf(segments));
    }

    private static List<Segment> segments(ByteBuffer elf, MemorySegment file, String name) throws ImageException {
        long table = Integer.toUnsignedLong(elf.getInt(28));
        int entryBytes = Short.toUnsignedInt(elf.getShort(42));
        int count = Short.toUnsignedInt(elf.getShort(44));
        if (entryBytes < PROGRAM_HEADER_BYTES || table + (long) entryBytes * count > elf.capacity()) {
            throw truncated(name);
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * entryBytes;
            long memoryBytes = Integer.toUnsignedLong(elf.getInt(at + 20));
            if (elf.getInt(at) != PT_LOAD || memoryBytes == 0) {
                continue;
            }
            long offset = Integer.toUnsignedLong(elf.getInt(at + 4));
            long fileBytes = Integer.toUnsignedLong(elf.getInt(at + 16));
            if (offset + fileBytes > elf.capacity()) {
                throw truncated(name);
            }
            if (fileBytes > memoryBytes) {
                throw new ImageException(name, "a segment is larger in the file than in memory: rebuild it");
            }
            long gpa = Integer.toUnsignedLong(elf.getInt(at + 12));
            segments.add(new Segment(gpa, file.asSlice(offset, fileBytes), memoryBytes));
        }
        if (segments.isEmpty()) {
            throw new ImageException(name, "it has nothing to load (no PT_LOAD segment): give a linked executable");
        }
        return segments;
    }

    private static ImageException truncated(String name) {
        return new ImageException(name, "it is truncated, its headers point behind its end: copy or build it again");
    }

    private static void check(List<Segment> sorted, String name, long from, long to) throws ImageException {
        long free = from;
        for (Segment segment : sorted) {
            if (segment.gpa() < from) {
                throw new ImageException(
                        name, "a segment is to be loaded at 0x%x: link it at 1 MiB or above".formatted(segment.gpa()));
            }
            if (segment.gpa() < free) {
                throw new ImageException(
                        name, "two of its segments overlap at 0x%x: rebuild it".formatted(segment.gpa()));
            }
            if (segment.end() > to) {
                throw new ImageException(
                        name,
                        "it needs memory up to 0x%x, the guest's ends at 0x%x: give it more memory"
                                .formatted(segment.end(), to));
            }
            free = segment.end();
        }
    }
}
