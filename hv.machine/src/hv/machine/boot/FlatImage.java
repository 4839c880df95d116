package hv.machine.boot;

import hv.api.GuestMemory;
import hv.api.machine.BootState;
import hv.api.machine.Register;
import java.nio.charset.StandardCharsets;

/**
 * Our flat 64-bit format: a file that begins with {@code eb 0e} (a jump over its header) and has the eight characters
 * "HVFLAT64" at offset 8.
 *
 * <p>It is loaded at 1 MiB and entered at its first byte in 64-bit mode: the first 4 GiB identity-mapped by 2 MiB pages
 * (present, writable, user), interrupts off, RSP = 0x90000, CS = 0x08, data segments 0x10. RDI points to the boot info,
 * five 64-bit words: memory bytes, number of VPs, address and size of the module (0 without one), address of the
 * command line (ASCII, NUL-terminated). The module lies at 4 MiB.
 */
final class FlatImage implements Image {
    static final long BASE = LowMemory.ONE_MIB;
    static final long MODULE = 0x40_0000;

    private static final byte[] MAGIC = "HVFLAT64".getBytes(StandardCharsets.US_ASCII);
    private static final int MAGIC_OFFSET = 8;
    private static final int GDT_BYTES = 24;
    private static final int CODE = 0x08;
    private static final int DATA = 0x10;

    private final BootSpec spec;

    private FlatImage(BootSpec spec) {
        this.spec = spec;
    }

    /** Whether a file that begins so has the format's header. */
    static boolean isFlat(byte[] file) {
        return file.length >= MAGIC_OFFSET + MAGIC.length
                && file[0] == (byte) 0xEB
                && file[1] == 0x0E
                && java.util.Arrays.equals(file, MAGIC_OFFSET, MAGIC_OFFSET + MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    static FlatImage read(BootSpec spec) throws ImageException {
        long lowEnd = LowMemory.lowEnd(spec.memoryBytes());
        boolean hasModule = spec.module().size() > 0;
        long bytes = spec.image().size();
        long end = BASE + bytes;
        if (end > lowEnd) {
            throw new ImageException(
                    spec.imageName(),
                    "%d bytes at 1 MiB exceed the guest's memory: give it more memory".formatted(bytes));
        }
        if (hasModule && end > MODULE) {
            throw new ImageException(
                    spec.imageName(),
                    "%d bytes reach into the module at 4 MiB: make it at most 3 MiB, or leave the module out"
                            .formatted(bytes));
        }
        if (MODULE + spec.module().size() > lowEnd) {
            throw new ImageException(
                    spec.imageName(),
                    "a module of %d bytes does not fit the guest's memory: give it more memory"
                            .formatted(spec.module().size()));
        }
        return new FlatImage(spec);
    }

    @Override
    public void load(GuestMemory memory) {
        IdentityMap.write(memory);
        FlatSegments.write(memory, CODE, DATA);
        boolean hasModule = spec.module().size() > 0;
        memory.putLong(LowMemory.FLAT_BOOT_INFO, spec.memoryBytes());
        memory.putLong(LowMemory.FLAT_BOOT_INFO + 8, spec.vps());
        memory.putLong(LowMemory.FLAT_BOOT_INFO + 16, hasModule ? MODULE : 0);
        memory.putLong(LowMemory.FLAT_BOOT_INFO + 24, spec.module().size());
        memory.putLong(LowMemory.FLAT_BOOT_INFO + 32, LowMemory.FLAT_COMMAND_LINE);
        byte[] line = spec.commandLine().getBytes(StandardCharsets.US_ASCII);
        memory.write(LowMemory.FLAT_COMMAND_LINE, line, 0, line.length);
        ImageFile.copy(spec.image().bytes(), memory, BASE);
        ImageFile.copy(spec.module().bytes(), memory, MODULE);
    }

    @Override
    public BootState start() {
        return BootState.longMode(BASE, IdentityMap.ROOT)
                .with(Register.RSP, LowMemory.STACK)
                .with(Register.RDI, LowMemory.FLAT_BOOT_INFO)
                .withGdt(LowMemory.GDT, GDT_BYTES - 1);
    }
}
