package hv.machine.boot;

import hv.api.GuestMemory;
import hv.api.machine.BootState;
import hv.api.machine.Register;
import hv.machine.acpi.AcpiTables;
import hv.machine.acpi.EntropyTable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A stock Linux kernel for x86-64, as bzImage or as vmlinux, started by the 64-bit boot protocol
 * (Documentation/arch/x86/boot.rst, "64-bit Boot Protocol").
 *
 * <p>The guest starts in 64-bit mode: the first 4 GiB identity-mapped, interrupts off, CS = __BOOT_CS = 0x10, data
 * segments __BOOT_DS = 0x18, RSI = the zero page, which tells it of its command line, its initial RAM disk (as high in
 * low RAM as it may be, on a page), its memory map and its ACPI tables (from 0xE0000 on).
 *
 * <p>Of a bzImage the kernel is unpacked here if its compression is one that we know, and is then entered directly:
 * unpacking in the guest costs more, and twice the memory. So there is no KASLR: a kernel that is entered directly
 * stays where it was linked. Known are gzip and LZ4. Others are entered as they are and unpack themselves: kernels are
 * packed by zstd and xz with windows of 64 MiB and more, which is more than the heap that a VMM wants to have, and than
 * what zstd decoders in Java take.
 */
final class LinuxImage implements Image {
    private static final int BOOT_CS = 0x10;
    private static final int BOOT_DS = 0x18;
    private static final int GDT_BYTES = 32;

    private final BootSpec spec;
    private final LinuxKernel kernel;
    private final Optional<LinuxHeader> header;
    private final long module;

    private LinuxImage(BootSpec spec, LinuxKernel kernel, Optional<LinuxHeader> header, long module) {
        this.spec = spec;
        this.kernel = kernel;
        this.header = header;
        this.module = module;
    }

    /**
     * Whether a file that begins so looks like one. An ELF64 file with a Multiboot header was meant for another boot
     * loader.
     */
    static boolean isLinux(byte[] head) {
        return LinuxHeader.isBzImage(head) || ElfHeaders.isExecutable(head) && !MultibootHeader.isIn(head);
    }

    /**
     * Reads a file for which {@link #isLinux}.
     *
     * @param head its first bytes
     * @throws ImageException if it cannot be booted, or does not fit the machine
     */
    static LinuxImage read(BootSpec spec, byte[] head) throws ImageException {
        Optional<LinuxHeader> header = LinuxHeader.isBzImage(head)
                ? Optional.of(
                        LinuxHeader.read(ImageFile.buffer(spec.image().bytes(), spec.imageName()), spec.imageName()))
                : Optional.empty();
        spec.checkCommandLine(header.map(LinuxHeader::commandLineMost).orElse(LinuxHeader.DEFAULT_COMMAND_LINE_MOST));
        LinuxKernel kernel = kernel(spec, header);
        long initrdMax = header.map(LinuxHeader::initrdMax).orElse(LinuxHeader.DEFAULT_INITRD_MAX);
        return new LinuxImage(spec, kernel, header, place(spec, kernel, initrdMax));
    }

    private static LinuxKernel kernel(BootSpec spec, Optional<LinuxHeader> header) throws ImageException {
        if (header.isEmpty()) {
            return Vmlinux.read(spec.image().bytes(), spec.imageName());
        }
        Optional<Packed> packed = packed(header.get(), spec.imageName());
        return packed.isPresent()
                ? PackedKernel.read(packed.get(), spec.imageName())
                : SelfUnpackingKernel.of(header.get(), spec.imageName());
    }

    /** The payload of a bzImage; empty if the image has no payload, or its compression is unknown. */
    static Optional<Packed> packed(LinuxHeader header, String name) {
        if (GzipPayload.isGzip(header)) {
            return Optional.of(new GzipPayload(header, name));
        }
        if (Lz4Payload.isLz4(header)) {
            return Optional.of(new Lz4Payload(header, name));
        }
        return Optional.empty();
    }

    /** Where the initial RAM disk goes; checks that it and the kernel fit. */
    private static long place(BootSpec spec, LinuxKernel kernel, long initrdMax) throws ImageException {
        long bytes = spec.module().size();
        long lowEnd = LowMemory.lowEnd(spec.memoryBytes());
        long pages = pageUp(bytes);
        long needed = pageUp(kernel.end()) + pages;
        if (needed > lowEnd) {
            throw new ImageException(
                    spec.imageName(),
                    needed <= LowMemory.LOW_RAM_LIMIT
                            ? "kernel and initial RAM disk need %d MiB of memory, the guest has %d MiB: give it more"
                                    .formatted(mibUp(needed), spec.memoryBytes() >> 20)
                            : "kernel and initial RAM disk (%d bytes) need memory up to 0x%x, of which there is 3 GiB: make them smaller"
                                    .formatted(bytes, needed));
        }
        if (kernel.unpackedBytes() > lowEnd) {
            throw new ImageException(
                    spec.imageName(),
                    "its kernel reaches to byte %d when unpacked, and the guest has no more than %d MiB for it: build it again, or give it more memory"
                            .formatted(kernel.unpackedBytes(), lowEnd >> 20));
        }
        long gpa = (Math.min(lowEnd, initrdMax + 1) & -GuestMemory.PAGE_BYTES) - pages;
        if (bytes > 0 && gpa < kernel.end()) {
            throw new ImageException(
                    spec.imageName(),
                    "an initial RAM disk of %d bytes does not fit between the kernel's end (0x%x) and initrd_addr_max (0x%x): make it smaller"
                            .formatted(bytes, kernel.end(), initrdMax));
        }
        return gpa;
    }

    private static long pageUp(long bytes) {
        return bytes + GuestMemory.PAGE_BYTES - 1 & -GuestMemory.PAGE_BYTES;
    }

    private static long mibUp(long bytes) {
        return bytes + LowMemory.ONE_MIB - 1 >> 20;
    }

    @Override
    public void load(GuestMemory memory) {
        try {
            kernel.load(memory);
        } catch (ImageException e) {
            throw new DamagedImageException(e);
        }
        IdentityMap.write(memory);
        FlatSegments.write(memory, BOOT_CS, BOOT_DS);
        BootParameters parameters = new BootParameters(memory, LowMemory.LINUX_ZERO_PAGE);
        header.ifPresentOrElse(parameters::header, parameters::headerOfVmlinux);
        byte[] line = spec.commandLine().getBytes(StandardCharsets.US_ASCII);
        memory.write(LowMemory.LINUX_COMMAND_LINE, line, 0, line.length);
        parameters.commandLine(LowMemory.LINUX_COMMAND_LINE);
        long diskBytes = spec.module().size();
        ImageFile.copy(spec.module().bytes(), memory, module);
        parameters.ramDisk(diskBytes > 0 ? module : 0, diskBytes);
        parameters.memoryMap(spec.memoryBytes());
        AcpiTables.write(memory, LowMemory.ACPI_TABLES, EntropyTable.GPA, spec.vps(), spec.vmbus(), spec.entropy());
        parameters.rsdp(LowMemory.ACPI_TABLES);
    }

    @Override
    public BootState start() {
        return BootState.longMode(kernel.entry(), IdentityMap.ROOT)
                .with(Register.RSP, LowMemory.STACK)
                .with(Register.RSI, LowMemory.LINUX_ZERO_PAGE)
                .withGdt(LowMemory.GDT, GDT_BYTES - 1)
                .withSelectors(BOOT_CS, BOOT_DS);
    }
}
