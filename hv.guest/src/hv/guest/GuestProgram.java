package hv.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The whole guest program: the kernel, and a module with the parts it runs. Made by a VMM or its launcher from the
 * parts of the enlightenments that are deployed. Immutable; any thread.
 *
 * <h2>How a VMM boots it</h2>
 *
 * {@link #kernel} goes to physical address {@link #KERNEL_GPA} and is entered there, in 64-bit mode, with the first 4
 * GiB mapped to themselves by 2 MiB pages, a GDT with code selector 8 and data selector 16, interrupts off, RSP =
 * 0x90000, and RDI = address of five 64-bit numbers: bytes of RAM, number of VPs, address of the module, its length,
 * address of the command line (ASCII, zero-terminated). {@link #module} goes to {@link #MODULE_GPA}. Other VPs exist by
 * then and wait for INIT and SIPI; the APIC id of a VP is its number. Below 0x7000 lie the
 * loader's tables; 0x7000 is not touched by the kernel, 0x8000 becomes the start of the other processors.
 *
 * <p>The machine needs a 16550 at port 0x3F8, which receives the report, and the 32-bit port {@link #EXIT_PORT}, which
 * receives 0 if no part failed and 1 otherwise.
 */
public final class GuestProgram {
    /** Where the kernel is loaded and entered. */
    public static final long KERNEL_GPA = 0x10_0000;

    /** Where the module is loaded. */
    public static final long MODULE_GPA = 0x40_0000;

    /** The port that receives the exit code. */
    public static final int EXIT_PORT = 0xF4;

    /** How many VPs the guest can use. */
    public static final int MOST_VPS = 255;

    private static final int MOST_MODULE_BYTES = 1 << 20;

    private final byte[] module;

    private GuestProgram(byte[] module) {
        this.module = module;
    }

    /**
     * Puts parts together.
     *
     * @param parts in the order of the report, each id once
     * @param expectedIds parts whose enlightenment was switched on: if the guest does not find it announced, that is a
     *     failure; for the others it only says so
     * @throws IllegalArgumentException if an id is there twice, an expected one is not there, or the module exceeds 1
     *     MiB
     */
    public static GuestProgram of(List<GuestPart> parts, Set<String> expectedIds) {
        Set<String> ids = new HashSet<>();
        for (GuestPart part : parts) {
            if (!ids.add(part.id())) {
                throw new IllegalArgumentException("two guest parts have the id " + part.id());
            }
        }
        for (String id : expectedIds) {
            if (!ids.contains(id)) {
                throw new IllegalArgumentException("there is no guest part with the expected id " + id);
            }
        }
        byte[] module = Bytecode.encode(parts, expectedIds);
        if (module.length > MOST_MODULE_BYTES) {
            throw new IllegalArgumentException(
                    "the guest parts take %d bytes, more than 1 MiB".formatted(module.length));
        }
        return new GuestProgram(module);
    }

    /** The flat kernel that runs the module on a CPU; a copy. */
    public byte[] kernel() {
        try (InputStream in = GuestProgram.class.getResourceAsStream("kernel.bin")) {
            return Objects.requireNonNull(in, "kernel.bin is missing").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The compiled parts; a copy. */
    public byte[] module() {
        return module.clone();
    }

    /** What tells this program's parts from others in a saved state. */
    byte[] digest() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(module);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * How much RAM the guest needs.
     *
     * @param vps number of VPs, 1 to {@link #MOST_VPS}
     */
    public static long memoryBytes(int vps) {
        return HostedPlatform.VP_BLOCKS + (long) vps * HostedPlatform.VP_BLOCK_BYTES;
    }
}
