package hv.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header that makes a file a Multiboot 1 kernel: in its first 8 KiB, on a multiple of 4, the words 0x1BADB002,
 * flags and a checksum that brings their sum to 0 (Multiboot specification 0.6.96, section 3.1).
 */
final class MultibootHeader {
    private static final int MAGIC = 0x1BAD_B002;
    private static final int SEARCHED_BYTES = 8192;
    private static final int HEADER_BYTES = 12;
    /**
     * Bits that a loader must understand or refuse: page-aligned modules, memory information, video mode, address
     * fields.
     */
    private static final int MANDATORY = 0xFFFF;

    private static final int ALIGNED_MODULES = 1;
    private static final int MEMORY_INFORMATION = 2;

    /** What to give instead. */
    static final String INSTEAD =
            "give a Linux bzImage or vmlinux, a Multiboot 1 ELF32 kernel or a flat payload (HVFLAT64)";

    private MultibootHeader() {}

    /** Whether a file has one whose checksum is right. */
    static boolean isIn(byte[] file) {
        ByteBuffer words = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + HEADER_BYTES <= Math.min(file.length, SEARCHED_BYTES); at += 4) {
            if (words.getInt(at) == MAGIC && MAGIC + words.getInt(at + 4) + words.getInt(at + 8) == 0) {
                return true;
            }
        }
        return false;
    }

    static void check(byte[] file, String name) throws ImageException {
        ByteBuffer words = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        boolean badChecksum = false;
        for (int at = 0; at + HEADER_BYTES <= Math.min(file.length, SEARCHED_BYTES); at += 4) {
            if (words.getInt(at) != MAGIC) {
                continue;
            }
            int flags = words.getInt(at + 4);
            if (MAGIC + flags + words.getInt(at + 8) != 0) {
                badChecksum = true;
                continue;
            }
            int unknown = flags & MANDATORY & ~(ALIGNED_MODULES | MEMORY_INFORMATION);
            if (unknown != 0) {
                throw new ImageException(
                        name,
                        "its Multiboot header asks for features 0x%x, which are not supported: %s"
                                .formatted(unknown, INSTEAD));
            }
            return;
        }
        throw new ImageException(
                name,
                badChecksum
                        ? "its Multiboot header has a wrong checksum: rebuild it, or " + INSTEAD
                        : "it is not a bootable image (no Multiboot header in its first 8 KiB): " + INSTEAD);
    }
}
