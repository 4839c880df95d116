package hv.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Entry point and PT_LOAD segments of an ELF64 executable for x86-64, read from the first bytes of the file (System V
 * ABI, "Object Files"). The file is hostile: everything is compared as unsigned before it is used.
 *
 * @param entry physical address where it starts
 * @param segments in ascending order of address, without overlap
 */
record ElfHeaders(long entry, List<Segment> segments) {
    /** As many bytes of a file's begin as are looked at; linkers put the program headers right behind the header. */
    static final int HEAD_BYTES = 64 << 10;

    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int MACHINE_X86_64 = 62;
    private static final int PT_LOAD = 1;
    private static final String INSTEAD = "give a bzImage or vmlinux for x86-64";

    /**
     * Part of the file and where it goes.
     *
     * @param gpa physical address
     * @param offset where it begins in the file
     * @param fileBytes how much of it the file has
     * @param memoryBytes its size in memory; what the file does not have is zero
     */
    record Segment(long gpa, long offset, long fileBytes, long memoryBytes) {
        long end() {
            return gpa + memoryBytes;
        }
    }

    /** Where the last segment ends. */
    long end() {
        return segments.getLast().end();
    }

    /** Where in the file the last byte of a segment is, plus 1. */
    long fileEnd() {
        return segments.stream()
                .mapToLong(segment -> segment.offset() + segment.fileBytes())
                .max()
                .orElse(0);
    }

    /** Whether a file has the magic number, class, byte order and machine of an ELF64 file for x86-64. */
    static boolean isExecutable(byte[] head) {
        return head.length >= HEADER_BYTES
                && ByteBuffer.wrap(head).getInt(0) == 0x7F45_4C46
                && head[4] == CLASS_64
                && head[5] == LITTLE_ENDIAN
                && head[18] == MACHINE_X86_64
                && head[19] == 0;
    }

    /**
     * Reads headers whose segments must lie in {@code [from, to)}, addresses below 2^47.
     *
     * @param head the file's first {@link #HEAD_BYTES}, or all of it if that is less
     * @throws ImageException if it is not such a file
     */
    static ElfHeaders read(byte[] head, String name, long from, long to) throws ImageException {
        if (!isExecutable(head)) {
            throw new ImageException(name, "its kernel is not an ELF64 file for x86-64: " + INSTEAD);
        }
        ByteBuffer elf = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        List<Segment> segments = segments(elf, head, name);
        segments.sort(Comparator.comparingLong(Segment::gpa));
        check(segments, name, from, to);
        long entry = elf.getLong(24);
        if (segments.stream().noneMatch(segment -> segment.gpa() <= entry && entry < segment.end())) {
            throw new ImageException(
                    name, "its entry point 0x%x is in none of its segments: build it again".formatted(entry));
        }
        return new ElfHeaders(entry, List.copyOf(segments));
    }

    private static List<Segment> segments(ByteBuffer elf, byte[] head, String name) throws ImageException {
        long table = elf.getLong(32);
        int entryBytes = Short.toUnsignedInt(elf.getShort(54));
        int count = Short.toUnsignedInt(elf.getShort(56));
        long room = head.length - (long) entryBytes * count;
        if (entryBytes < PROGRAM_HEADER_BYTES || table < 0 || table > room) {
            throw new ImageException(
                    name,
                    "the program headers of its kernel are not in the first %d bytes: copy or build it again"
                            .formatted(head.length));
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * entryBytes;
            long memoryBytes = elf.getLong(at + 40);
            if (elf.getInt(at) != PT_LOAD || memoryBytes == 0) {
                continue;
            }
            long fileBytes = elf.getLong(at + 32);
            if (Long.compareUnsigned(fileBytes, memoryBytes) > 0) {
                throw new ImageException(name, "a segment is larger in the file than in memory: build it again");
            }
            segments.add(new Segment(elf.getLong(at + 24), elf.getLong(at + 8), fileBytes, memoryBytes));
        }
        if (segments.isEmpty()) {
            throw new ImageException(name, "its kernel has nothing to load (no PT_LOAD segment): " + INSTEAD);
        }
        return segments;
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
                        name, "two of its segments overlap at 0x%x: build it again".formatted(segment.gpa()));
            }
            if (segment.gpa() > to || Long.compareUnsigned(segment.memoryBytes(), to - segment.gpa()) > 0) {
                throw new ImageException(
                        name,
                        "it needs %s bytes of memory at 0x%x, and RAM can end at 0x%x there: build it again"
                                .formatted(Long.toUnsignedString(segment.memoryBytes()), segment.gpa(), to));
            }
            if (segment.offset() < 0 || segment.offset() > Long.MAX_VALUE - segment.fileBytes()) {
                throw new ImageException(name, "a segment lies behind its end: copy or build it again");
            }
            free = segment.end();
        }
    }
}
