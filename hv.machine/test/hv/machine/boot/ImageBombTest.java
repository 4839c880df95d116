package hv.machine.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Files that are small and become large")
class ImageBombTest {
    private static final byte[] CODE = new byte[200];
    private static final byte[] NO_MODULE = {};

    @TempDir
    private Path folder;

    private final HeapMemory memory = new HeapMemory(16 * TestImages.MIB);

    private static Image read(byte[] payload) throws ImageException {
        return ImageReader.read(TestImages.boot(LinuxFiles.bzImage(new byte[16], payload), NO_MODULE, ""));
    }

    /** {@code head}, then zeros up to {@code bytes}, by gzip. */
    private static byte[] gzip(byte[] head, long bytes) throws IOException {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(head);
            byte[] zeros = new byte[1 << 20];
            for (long left = bytes - head.length; left > 0; left -= zeros.length) {
                gzip.write(zeros, 0, (int) Math.min(zeros.length, left));
            }
        }
        return out.toByteArray();
    }

    private static byte[] vmlinux() {
        return LinuxFiles.vmlinux(CODE, 0);
    }

    @Test
    @DisplayName("What gzip holds behind the kernel's last segment is not unpacked, at the start and at resets")
    void behindTheLastSegment() throws Exception {
        byte[] bomb = gzip(vmlinux(), 1L << 30);
        Packed packed = LinuxImage.packed(
                        LinuxHeader.read(
                                ByteBuffer.wrap(LinuxFiles.bzImage(new byte[16], bomb))
                                        .order(ByteOrder.LITTLE_ENDIAN),
                                "bomb"),
                        "bomb")
                .orElseThrow();
        AtomicLong unpacked = new AtomicLong();
        long wanted = vmlinux().length;
        long all = packed.unpack(wanted, (position, bytes, length) -> unpacked.addAndGet(length));
        assertEquals(all, unpacked.get());
        assertTrue(all >= wanted && all < wanted + 2 * Packed.SLACK_BYTES, "unpacked " + all);
        Image image = read(bomb);
        image.load(memory);
        image.load(memory);
    }

    @Test
    @DisplayName("A segment that lies further behind than the guest has memory is refused before anything is unpacked")
    void farSegment() throws Exception {
        byte[] file = vmlinux();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(64 + 8, 1L << 40);
        String line = assertThrows(ImageException.class, () -> read(gzip(file, 1 << 20)))
                .getMessage();
        assertTrue(line.contains("its kernel reaches to byte 1099511627976 when unpacked"), line);
    }

    @Test
    @DisplayName(
            "LZ4 blocks are counted by the size of the whole, so that a million of them with a byte each is nothing")
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void manyBlocks() throws Exception {
        byte[] whole = LinuxFiles.lz4(vmlinux());
        int blocks = 4_000_000;
        ByteBuffer bomb = ByteBuffer.allocate(whole.length + 5 * blocks).order(ByteOrder.LITTLE_ENDIAN);
        bomb.put(whole, 0, whole.length - 4);
        for (int i = 0; i < blocks; i++) {
            bomb.putInt(1).put((byte) 0);
        }
        for (int size : new int[] {vmlinux().length, 16 << 20, -1}) {
            bomb.putInt(bomb.capacity() - 4, size);
            long before = used();
            String line = assertThrows(Exception.class, () -> read(bomb.array()).load(memory))
                    .getMessage();
            assertEquals("guests/test.img: its LZ4 data is damaged: copy it again", line);
            assertTrue(used() - before < 64 << 20, "what is held of the blocks");
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    @DisplayName(
            "A file of any size that is no kernel, an initial RAM disk say, is refused in one line and never on the heap")
    void anyFile() throws Exception {
        Path file = folder.resolve("initrd");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {0x1F, (byte) 0x8B, 8}));
            for (long size : new long[] {47L << 20, 4L << 30, 4L << 40}) {
                channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
                BootSpec spec = new BootSpec(GuestFile.map(file), "initrd", GuestFile.of(), "", 1, 16 * TestImages.MIB);
                String line = assertThrows(ImageException.class, () -> ImageReader.read(spec))
                        .getMessage();
                assertEquals(
                        "initrd: it is not a bootable image (no Multiboot header in its first 8 KiB): "
                                + MultibootHeader.INSTEAD,
                        line);
            }
        }
    }

    @Test
    @DisplayName("Of a sparse vmlinux only the segments are read, wherever they are in the file")
    void sparse() throws Exception {
        byte[] kernel = vmlinux();
        long far = 1L << 40;
        ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN).putLong(64 + 8, far);
        Path file = Files.write(folder.resolve("vmlinux"), kernel);
        byte[] code = new byte[CODE.length];
        Arrays.fill(code, (byte) 7);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(code), far);
        }
        BootSpec spec = new BootSpec(GuestFile.map(file), "vmlinux", GuestFile.of(), "", 1, 16 * TestImages.MIB);
        ImageReader.read(spec).load(memory);
        byte[] loaded = new byte[code.length];
        memory.read(LinuxFiles.ADDRESS, loaded, 0, loaded.length);
        assertTrue(Arrays.equals(code, loaded));
        Files.deleteIfExists(file);
    }
}
