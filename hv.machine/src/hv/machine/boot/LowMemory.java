package hv.machine.boot;

/**
 * Where the loaders put what the guest finds below 1 MiB. Page 0 stays free: guests start their other processors there.
 */
final class LowMemory {
    static final long PML4 = 0x1000;
    static final long PDPT = 0x2000;
    /** Four pages, one for each GiB. */
    static final long PAGE_DIRECTORIES = 0x3000;

    static final long GDT = 0x7000;
    static final long FLAT_BOOT_INFO = 0x8000;
    static final long FLAT_COMMAND_LINE = 0x8100;
    static final int COMMAND_LINE_BYTES = 0xE00;
    static final long MULTIBOOT_INFO = 0x9000;
    static final long MULTIBOOT_MODULE = 0x9080;
    static final long MULTIBOOT_MEMORY_MAP = 0x90C0;
    static final long MULTIBOOT_COMMAND_LINE = 0x9180;
    /** Linux's boot_params, which its documents call the zero page. */
    static final long LINUX_ZERO_PAGE = 0xA000;

    static final long LINUX_COMMAND_LINE = 0xB000;
    static final int LINUX_COMMAND_LINE_BYTES = 0x1000;
    static final long STACK = 0x90000;
    /** End of conventional memory; the rest to 1 MiB is reserved, as on PCs. */
    static final long CONVENTIONAL_END = 0x9FC00;

    /** ACPI tables, up to 1 MiB: where guests look for the RSDP of a PC's firmware. */
    static final long ACPI_TABLES = 0xE0000;

    static final long ONE_MIB = 1 << 20;
    static final long LOW_RAM_LIMIT = 3L << 30;
    static final long HIGH_RAM = 4L << 30;

    private LowMemory() {}

    /** End of the RAM that starts at 0. */
    static long lowEnd(long memoryBytes) {
        return Math.min(memoryBytes, LOW_RAM_LIMIT);
    }
}
