package hv.launcher.connect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;

/**
 * What tells whether a jar is still the one that it was: its length, and the sum of its directory, which stands at its
 * end and holds the sums of all that is in it. To compare takes one short read. Immutable.
 *
 * @param bytes length of the file
 * @param directoryBytes length of the part at its end that counts
 * @param sum CRC-32 of that part
 */
record JarMark(long bytes, int directoryBytes, long sum) {
    /** Length of the last record, where nobody has put a comment in. */
    private static final int END_BYTES = 22;

    private static final int DIRECTORY_BYTES_AT = 12;

    /**
     * Of a file as it is now.
     *
     * @throws IOException if it cannot be read or is no jar
     */
    static JarMark of(Path jar) throws IOException {
        try (FileChannel file = FileChannel.open(jar);
                ZipFile _ = new ZipFile(jar.toFile())) {
            long bytes = file.size();
            ByteBuffer end = read(file, bytes, END_BYTES);
            int directoryBytes = Integer.reverseBytes(end.getInt(DIRECTORY_BYTES_AT)) + END_BYTES;
            return new JarMark(bytes, directoryBytes, sum(read(file, bytes, directoryBytes)));
        }
    }

    /** Whether a file is there and is that one. */
    boolean isOf(Path jar) {
        try (FileChannel file = FileChannel.open(jar)) {
            return file.size() == bytes && sum(read(file, bytes, directoryBytes)) == sum;
        } catch (IOException e) {
            return false;
        }
    }

    private static ByteBuffer read(FileChannel file, long bytes, int last) throws IOException {
        if (last < 0 || last > bytes) {
            throw new IOException("not a jar");
        }
        ByteBuffer read = ByteBuffer.allocate(last);
        while (read.hasRemaining() && file.read(read, bytes - read.remaining()) > 0) {}
        return read.flip();
    }

    private static long sum(ByteBuffer bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        return sum.getValue();
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(bytes);
        out.writeInt(directoryBytes);
        out.writeLong(sum);
    }

    static JarMark read(DataInput in) throws IOException {
        return new JarMark(in.readLong(), in.readInt(), in.readLong());
    }
}
