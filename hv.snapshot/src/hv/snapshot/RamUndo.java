package hv.snapshot;

import hv.api.SavedState;
import hv.snapshot.SnapshotFile.Contents;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A copy of a guest's RAM on disk for as long as a restore can fail: as a file without state, which is gone when it is closed. Also a
 * restore without memory writes pages of enlightenments. Used by one thread while the machine is paused.
 */
final class RamUndo implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final SavedState NOTHING = new SavedState(List.of());

    private final FileChannel channel;
    private final SnapshotFile copy;

    private RamUndo(FileChannel channel) {
        this.channel = channel;
        this.copy = new SnapshotFile(channel);
    }

    /** Makes the copy. */
    static RamUndo of(Ram ram, SnapshotHeader header) throws IOException, FormatException {
        Path file = Files.createTempFile("hv-undo-", ".tmp");
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        try {
            // Not closed: that would close the channel.
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            SnapshotFile.write(new FrameWriter(out), new Contents(header, NOTHING, NOTHING), ram);
            out.flush();
            return new RamUndo(channel);
        } catch (IOException | FormatException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Puts the RAM back as it was. */
    void undo(Ram ram) throws IOException, FormatException {
        copy.contents(ram);
        MemoryTarget.fill(ram, copy);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
