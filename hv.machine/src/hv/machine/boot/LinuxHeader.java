package hv.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The setup header of a bzImage, which says where in the file the kernel is and what it asks of a boot loader. Names
 * and offsets are those of the Linux/x86 boot protocol (Documentation/arch/x86/boot.rst, "The Real-Mode Kernel
 * Header").
 *
 * <pre>
 *   0x1F1  setup_sects       512-byte sectors in front of the protected-mode part, less one; 0 means 4
 *   0x1F4  syssize           size of the protected-mode part in units of 16 bytes
 *   0x1FE  boot_flag         0xAA55
 *   0x200  jump              its second byte is the distance from 0x202 to the header's end
 *   0x202  header            "HdrS"
 *   0x206  version           0x020C is 2.12
 *   0x211  loadflags         bit 0: the protected-mode part goes to 1 MiB or above
 *   0x22C  initrd_addr_max   highest address that the initial RAM disk may use
 *   0x236  xloadflags        bit 0: there is a 64-bit entry point at 0x200 of the protected-mode part
 *   0x238  cmdline_size      characters of the command line at most
 *   0x248  payload_offset    of the compressed kernel in the protected-mode part
 *   0x24C  payload_length
 *   0x258  pref_address      where the kernel would like to run
 *   0x260  init_size         memory that the kernel uses there before it knows the memory map
 * </pre>
 *
 * <p>The file is hostile: every field is taken as unsigned and checked against the file before it is used.
 *
 * @param file the whole file, little-endian; of which nothing is on the heap if it is mapped
 * @param protectedMode offset of the protected-mode part
 * @param protectedModeBytes its size
 * @param end offset of the header's end in the file
 * @param initrdMax highest address for the initial RAM disk
 * @param has64BitEntry whether the protected-mode part can be entered in 64-bit mode
 * @param commandLineMost characters of the command line at most
 * @param payload offset of the compressed kernel in the file
 * @param payloadBytes its size; 0 if the header does not say where it is
 * @param preferred where the kernel would like to run
 * @param initBytes memory that it uses there
 */
record LinuxHeader(
        ByteBuffer file,
        int protectedMode,
        int protectedModeBytes,
        int end,
        long initrdMax,
        boolean has64BitEntry,
        int commandLineMost,
        int payload,
        int payloadBytes,
        long preferred,
        long initBytes) {
    static final int BEGIN = 0x1F1;
    static final int BOOT_FLAG = 0x1FE;
    static final int MAGIC = 0x202;
    static final int VERSION = 0x206;
    static final int TYPE_OF_LOADER = 0x210;
    static final int LOAD_FLAGS = 0x211;
    static final int INITRD_MAX = 0x22C;
    static final int COMMAND_LINE_SIZE = 0x238;

    static final int BOOT_FLAG_VALUE = 0xAA55;
    /** "HdrS". */
    static final int MAGIC_VALUE = 0x5372_6448;

    static final int LOADED_HIGH = 1;
    /** What Linux itself uses at most (COMMAND_LINE_SIZE is 2048 with the NUL). */
    static final int DEFAULT_COMMAND_LINE_MOST = 2047;

    static final long DEFAULT_INITRD_MAX = 0x7FFF_FFFFL;

    /** Where kernels have been linked for ever. */
    static final long DEFAULT_ADDRESS = 0x100_0000;

    private static final int SECTOR_BYTES = 512;
    private static final int DEFAULT_SETUP_SECTORS = 4;
    private static final int PARAGRAPH_BYTES = 16;
    private static final int LEAST_BYTES = 0x264;
    /** 2.12, Linux 3.8: the first that says whether there is a 64-bit entry point. */
    private static final int LEAST_VERSION = 0x20C;

    private static final int KERNEL_64 = 1;

    /** Whether a file has the magic numbers of one. */
    static boolean isBzImage(byte[] file) {
        if (file.length < MAGIC + 4) {
            return false;
        }
        ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        return Short.toUnsignedInt(b.getShort(BOOT_FLAG)) == BOOT_FLAG_VALUE && b.getInt(MAGIC) == MAGIC_VALUE;
    }

    /**
     * Reads the header of a file for which {@link #isBzImage}.
     *
     * @throws ImageException if it is not a bzImage for x86-64, or shorter than it says
     */
    static LinuxHeader read(ByteBuffer file, String name) throws ImageException {
        if (file.capacity() < VERSION + 2) {
            throw truncated(name);
        }
        int version = Short.toUnsignedInt(file.getShort(VERSION));
        if (version < LEAST_VERSION) {
            throw new ImageException(
                    name,
                    "it speaks boot protocol %d.%02d, and 64-bit entry needs 2.12: give Linux 3.8 or newer"
                            .formatted(version >>> 8, version & 0xFF));
        }
        if (file.capacity() < LEAST_BYTES) {
            throw truncated(name);
        }
        if ((file.get(LOAD_FLAGS) & LOADED_HIGH) == 0) {
            throw new ImageException(name, "it is a zImage, which loads below 1 MiB: give a bzImage for x86-64");
        }
        int sectors = Byte.toUnsignedInt(file.get(BEGIN));
        int protectedMode = ((sectors == 0 ? DEFAULT_SETUP_SECTORS : sectors) + 1) * SECTOR_BYTES;
        long size = Integer.toUnsignedLong(file.getInt(0x1F4)) * PARAGRAPH_BYTES;
        if (size == 0 || protectedMode + size > file.capacity()) {
            throw truncated(name);
        }
        long payload = protectedMode + Integer.toUnsignedLong(file.getInt(0x248));
        long payloadBytes = Integer.toUnsignedLong(file.getInt(0x24C));
        if (payloadBytes != 0 && payload + payloadBytes > protectedMode + size) {
            throw new ImageException(
                    name,
                    "its header puts the kernel behind the end of the file (payload_offset 0x%x, payload_length 0x%x): "
                                    .formatted(payload - protectedMode, payloadBytes)
                            + "copy or build it again");
        }
        return new LinuxHeader(
                file,
                protectedMode,
                (int) size,
                MAGIC + Byte.toUnsignedInt(file.get(MAGIC - 1)),
                Integer.toUnsignedLong(file.getInt(INITRD_MAX)),
                (file.getShort(0x236) & KERNEL_64) != 0,
                (int) Math.min(
                        Integer.toUnsignedLong(file.getInt(COMMAND_LINE_SIZE)), LowMemory.LINUX_COMMAND_LINE_BYTES - 1),
                payloadBytes == 0 ? 0 : (int) payload,
                (int) payloadBytes,
                file.getLong(0x258),
                Integer.toUnsignedLong(file.getInt(0x260)));
    }

    private static ImageException truncated(String name) {
        return new ImageException(name, "it is a truncated bzImage, its header points behind its end: copy it again");
    }
}
