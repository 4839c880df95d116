package hv.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Where one process keeps what it needs only while it runs, the framework's files for instance: a folder in shared
 * memory, or in the folder for temporary files, that from its first instant nobody else may enter, and that nobody
 * removes, renames or makes again while the process lives. In it is a file that the process holds locked, which the
 * kernel unlocks however the process ends: what nobody has locked is what {@link StaleFolders} takes away. Made and
 * closed by one thread each.
 */
final class PrivateFolder implements AutoCloseable {
    /** The file that is locked while the folder's process lives. */
    static final String LOCK = "lock";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_ALL = 0002;
    private static final int ATTEMPTS = 10;

    private final Path path;
    private final FileChannel lock;

    private PrivateFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * One for many small files: in memory rather than on disk, where there is such a folder and nobody asked for
     * another.
     */
    static PrivateFolder forFiles() throws IOException {
        Path asked = temporary();
        boolean isDefault = asked.equals(Path.of("/tmp"));
        boolean isInMemory = isDefault && Files.isWritable(SHARED_MEMORY) && keepsNames(SHARED_MEMORY);
        PrivateFolder made = makeIn(isInMemory ? SHARED_MEMORY : asked);
        if (isInMemory) {
            new StaleFolders(made.path()).sweep(asked);
        }
        return made;
    }

    /** One for native libraries, which cannot be loaded from everybody's shared memory. */
    static PrivateFolder forLibraries() throws IOException {
        return makeIn(temporary());
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /**
     * Makes one, and takes away those that killed processes of the same user have left in the same place.
     *
     * @throws IOException if that cannot be, or others could rename the folder
     */
    static PrivateFolder makeIn(Path root) throws IOException {
        if (!keepsNames(root)) {
            throw new IOException(
                    ("in %s every user may rename what is another's; choose another folder for temporary files with "
                                    + "HV_JAVA_OPTIONS=-Djava.io.tmpdir=FOLDER, or set its sticky bit: chmod +t %s")
                            .formatted(root, root));
        }
        PrivateFolder made = make(root);
        new StaleFolders(made.path()).sweep(root);
        return made;
    }

    /** Whether the others who may write in a folder may rename only what is theirs. */
    private static boolean keepsNames(Path folder) throws IOException {
        try {
            int mode = (int) Files.getAttribute(folder, "unix:mode");
            return (mode & WRITABLE_BY_ALL) == 0 || (mode & STICKY) != 0;
        } catch (NoSuchFileException e) {
            throw new IOException("the folder for temporary files, " + folder + ", is not there", e);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // A system without such modes gives every user a folder of his own.
            return true;
        }
    }

    /**
     * Another process of the same user may take a folder for a stale one between its making and its locking: then
     * another is made.
     */
    private static PrivateFolder make(Path root) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Path path = Files.createTempDirectory(root, StaleFolders.OURS);
            try {
                return new PrivateFolder(path, locked(path));
            } catch (NoSuchFileException | FileAlreadyExistsException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static FileChannel locked(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                mode(folder, "rw-------"));
        boolean isHeld = channel.tryLock() != null;
        if (!isHeld || Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            channel.close();
            throw new NoSuchFileException(file.toString());
        }
        return channel;
    }

    private static FileAttribute<?>[] mode(Path folder, String mode) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    Path path() {
        return path;
    }

    /** Removes it. Idempotent. */
    @Override
    public void close() throws IOException {
        try (lock;
                DirectoryStream<Path> open = Files.newDirectoryStream(path)) {
            SecureDirectoryStream<Path> folder = FolderRemoval.secure(open);
            FolderRemoval.empty(folder, LOCK);
        } catch (NoSuchFileException e) {
            return;
        }
        FolderRemoval.remove(path);
    }
}
