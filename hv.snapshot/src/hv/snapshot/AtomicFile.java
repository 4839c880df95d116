package hv.snapshot;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Writes a file so that its name stands for the old content or for all of the new one, also after a power failure. Used
 * by one thread.
 */
final class AtomicFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Path target;
    private final Path folder;
    private final UnfinishedFile unfinished;

    private AtomicFile(Path target, Path folder, UnfinishedFile unfinished) {
        this.target = target;
        this.folder = folder;
        this.unfinished = unfinished;
    }

    /** Writes the content. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException, FormatException;
    }

    /**
     * Begins: what cannot be written at all is found out here. Nothing is left behind when it is closed without having
     * been written.
     */
    static AtomicFile of(Path file) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path folder = Objects.requireNonNull(target.getParent(), "an absolute path of a file has a folder");
        return new AtomicFile(target, folder, UnfinishedFile.in(folder));
    }

    /** Writes it: on disk before it gets its name. Once. */
    void write(Content content) throws IOException, FormatException {
        // Not closed: that would close the channel, and end its lock.
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(unfinished.channel()), BUFFER_BYTES);
        content.writeTo(out);
        out.flush();
        unfinished.channel().force(true);
        unfinished.moveTo(target);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        unfinished.close();
    }
}
