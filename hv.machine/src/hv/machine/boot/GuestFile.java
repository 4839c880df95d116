package hv.machine.boot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;

/**
 * What a guest is loaded from, its kernel or its module: bytes, or a file that may be larger than the heap. It is read
 * at the start and again at each reset, so a file must stay as it is meanwhile; {@link #change} tells whether it has.
 * Immutable; any thread.
 */
public final class GuestFile {
    private final MemorySegment bytes;
    private final Optional<Origin> origin;

    /** Which file it is, and what it was like when it was opened. */
    private record Origin(Path path, Object key, long bytes, FileTime modified) {
        static Origin of(Path path) throws IOException {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return new Origin(path, now.fileKey(), now.size(), now.lastModifiedTime());
        }
    }

    private GuestFile(MemorySegment bytes, Optional<Origin> origin) {
        this.bytes = bytes;
        this.origin = origin;
    }

    /** Bytes on the heap, which nobody changes. */
    public static GuestFile of(byte... bytes) {
        return new GuestFile(MemorySegment.ofArray(bytes).asReadOnly(), Optional.empty());
    }

    /**
     * A file, mapped.
     *
     * @throws IOException if it cannot be read
     */
    public static GuestFile map(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            Origin origin = Origin.of(path);
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return new GuestFile(mapped, Optional.of(origin));
        }
    }

    /** The bytes. Those of a file that has become shorter cannot be read: {@link InternalError}. */
    MemorySegment bytes() {
        return bytes;
    }

    /** As many bytes. */
    public long size() {
        return bytes.byteSize();
    }

    /**
     * Whether the file was written to since it was opened, as one line that says so. One that was removed, or has
     * another one in its place, is still what it was.
     */
    public Optional<String> change() {
        return origin.flatMap(GuestFile::change);
    }

    private static Optional<String> change(Origin before) {
        try {
            Origin now = Origin.of(before.path);
            boolean isSame = now.equals(before) || !Objects.equals(now.key, before.key);
            return isSame
                    ? Optional.empty()
                    : Optional.of("%s: the file has changed since the guest was started: start the guest again"
                            .formatted(before.path));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
