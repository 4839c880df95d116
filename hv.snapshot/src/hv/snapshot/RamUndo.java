package hv.snapshot;

import hv.api.SavedState;
import hv.snapshot.SnapshotFile.Contents;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A copy of a guest's RAM on disk for as long as a restore can fail: as a file without state, which is gone when it is
 * closed. Also a restore without memory writes pages of enlightenments. Used by one thread while the machine is paused.
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
        FileChannel channel = nameless();
        try {
            // Not closed: that would close the channel.
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            SnapshotFile.write(new FrameWriter(out), new Contents(header, NOTHING, NOTHING), ram);
            out.flush();
            return new RamUndo(channel);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    /**
     * A file for its owner alone, which loses its name right when it is opened: nothing is left of it however this
     * process ends.
     */
    private static FileChannel nameless() throws IOException {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        return FileChannel.open(
                folder.resolve("hv-undo-%x".formatted(UUID.randomUUID().getMostSignificantBits())),
                Set.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE),
                PosixFilePermissions.asFileAttribute(
                        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
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
