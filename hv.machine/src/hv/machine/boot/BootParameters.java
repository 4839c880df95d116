package hv.machine.boot;

import hv.api.GuestMemory;
import java.util.List;

/**
 * Linux's {@code struct boot_params}, the zero page: a page of zeros with the kernel's setup header at its own offset,
 * which the boot loader completes, and what else a boot loader tells (Documentation/arch/x86/zero-page.rst).
 *
 * <pre>
 *   0x070  acpi_rsdp_addr   where the RSDP is (from boot protocol 2.14 on; others find it below 1 MiB)
 *   0x0C0  ext_ramdisk_image, 0x0C4 ext_ramdisk_size, 0x0C8 ext_cmd_line_ptr: upper halves, 0 here
 *   0x1E8  e820_entries     number of ranges in the memory map
 *   0x1F1  setup header     of the file; 0x210 type_of_loader, 0x218 ramdisk_image, 0x21C ramdisk_size,
 *                           0x228 cmd_line_ptr are ours
 *   0x2D0  e820_table       20 bytes a range: address, bytes, type (1 RAM, 2 reserved)
 * </pre>
 *
 * <p>It says nothing of a screen, and a kernel that finds no video mode there looks for no VGA.
 */
final class BootParameters {
    private static final int ACPI_RSDP = 0x070;
    private static final int E820_ENTRIES = 0x1E8;
    private static final int HEADER_LIMIT = 0x290;
    private static final int RAMDISK_IMAGE = 0x218;
    private static final int RAMDISK_SIZE = 0x21C;
    private static final int COMMAND_LINE = 0x228;
    private static final int KERNEL_ALIGNMENT = 0x230;
    private static final int E820_TABLE = 0x2D0;
    private static final int E820_ENTRY_BYTES = 20;

    /** A boot loader that has no number of its own. */
    private static final byte UNKNOWN_LOADER = (byte) 0xFF;

    private static final int VERSION = 0x20F;
    private static final int ALIGNMENT = 0x20_0000;

    private final GuestMemory memory;
    private final long page;

    /** Parameters in a page that is all zeros. */
    BootParameters(GuestMemory memory, long page) {
        this.memory = memory;
        this.page = page;
    }

    /** Copies the header of a bzImage. */
    void header(LinuxHeader header) {
        int end = Math.min(header.end(), HEADER_LIMIT);
        if (end > LinuxHeader.BEGIN) {
            byte[] bytes = new byte[end - LinuxHeader.BEGIN];
            header.file().get(LinuxHeader.BEGIN, bytes);
            memory.write(page + LinuxHeader.BEGIN, bytes, 0, bytes.length);
        }
        loader();
    }

    /** What a vmlinux, which has no header, looks at all the same. */
    void headerOfVmlinux() {
        memory.putInt(page + LinuxHeader.BOOT_FLAG, LinuxHeader.BOOT_FLAG_VALUE);
        memory.putInt(page + LinuxHeader.MAGIC, LinuxHeader.MAGIC_VALUE);
        memory.putInt(page + LinuxHeader.VERSION, VERSION);
        memory.write(page + LinuxHeader.LOAD_FLAGS, new byte[] {LinuxHeader.LOADED_HIGH}, 0, 1);
        memory.putInt(page + LinuxHeader.INITRD_MAX, (int) LinuxHeader.DEFAULT_INITRD_MAX);
        memory.putInt(page + KERNEL_ALIGNMENT, ALIGNMENT);
        memory.putInt(page + LinuxHeader.COMMAND_LINE_SIZE, LinuxHeader.DEFAULT_COMMAND_LINE_MOST);
        loader();
    }

    private void loader() {
        memory.write(page + LinuxHeader.TYPE_OF_LOADER, new byte[] {UNKNOWN_LOADER}, 0, 1);
    }

    void commandLine(long gpa) {
        memory.putInt(page + COMMAND_LINE, (int) gpa);
    }

    void ramDisk(long gpa, long bytes) {
        memory.putInt(page + RAMDISK_IMAGE, (int) gpa);
        memory.putInt(page + RAMDISK_SIZE, (int) bytes);
    }

    void rsdp(long gpa) {
        memory.putLong(page + ACPI_RSDP, gpa);
    }

    /** The map of a machine with as much RAM. */
    void memoryMap(long memoryBytes) {
        long at = page + E820_TABLE;
        List<MemoryMap.Range> ranges = MemoryMap.of(memoryBytes);
        for (MemoryMap.Range range : ranges) {
            memory.putLong(at, range.from());
            memory.putLong(at + 8, range.to() - range.from());
            memory.putInt(at + 16, range.type());
            at += E820_ENTRY_BYTES;
        }
        memory.write(page + E820_ENTRIES, new byte[] {(byte) ranges.size()}, 0, 1);
    }
}
