package hv.lab.rig;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes an initial RAM disk's archive: cpio in the format "newc" (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 * <p>Each entry is 110 ASCII characters, the magic {@code 070701} and 13 numbers of 8 hexadecimal digits; the name with
 * a zero byte; the content. Name and content each end at a multiple of 4 bytes, and an entry called {@code TRAILER!!!}
 * ends the archive. Linux unpacks archives that follow one another; the next may be compressed, and must start at a
 * multiple of 4 bytes.
 *
 * <p>For one thread. Folders must come before what is in them. Owner is root, time is the epoch, so the same input
 * gives the same bytes.
 */
public final class Cpio implements AutoCloseable {
    private static final int FOLDER = 0040755;
    private static final int FILE = 0100644;
    private static final int PROGRAM = 0100755;
    private static final int LINK = 0120777;
    private static final int DEVICE = 0020600;
    private static final int ALIGNMENT = 4;

    private final OutputStream out;
    private long written;
    private int inode = 1;

    /** Writes to {@code out}, and closes it in the end. */
    public Cpio(OutputStream out) {
        this.out = out;
    }

    /** A folder, its name without a slash at either end. */
    public void folder(String name) throws IOException {
        entry(name, FOLDER, new byte[0], 0, 0);
    }

    /** A file that is read. */
    public void file(String name, byte[] content) throws IOException {
        entry(name, FILE, content, 0, 0);
    }

    /** A file that is run. */
    public void program(String name, byte[] content) throws IOException {
        entry(name, PROGRAM, content, 0, 0);
    }

    /** A symbolic link. */
    public void link(String name, String target) throws IOException {
        entry(name, LINK, target.getBytes(StandardCharsets.UTF_8), 0, 0);
    }

    /** A character device. */
    public void device(String name, int major, int minor) throws IOException {
        entry(name, DEVICE, new byte[0], major, minor);
    }

    /** Ends the archive. */
    @Override
    public void close() throws IOException {
        inode = 0;
        entry("TRAILER!!!", 0, new byte[0], 0, 0);
        out.close();
    }

    private void entry(String name, int mode, byte[] content, int major, int minor) throws IOException {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        int links = (mode & FOLDER) == FOLDER ? 2 : 1;
        // inode, mode, uid, gid, links, time, size, device major and minor, the same of a device file, name's length
        // with its end, no sum
        int[] fields = {inode++, mode, 0, 0, links, 0, content.length, 0, 0, major, minor, path.length + 1, 0};
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append(String.format(Locale.ROOT, "%08X", field));
        }
        write(header.toString().getBytes(StandardCharsets.US_ASCII));
        write(path);
        write(new byte[1]);
        pad();
        write(content);
        pad();
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    private void pad() throws IOException {
        write(new byte[(int) (-written & (ALIGNMENT - 1))]);
    }
}
