package hv.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The private folders of processes that were killed, in the places where such folders are made. Taken away is what has
 * a private folder's name, mode and owner, and whose lock nobody holds; one without a lock is being made, or removed,
 * unless it is old. Links are not followed. Used by one thread, once.
 */
final class StaleFolders {
    private static final Pattern NAME = Pattern.compile("hv-[0-9a-f]+-[0-9]+");
    private static final Duration OLD = Duration.ofHours(1);

    /**
     * What the names of this process's folders begin with. A process loses its lock on a file when it opens and closes
     * that file once more, so it stays away from all of its own.
     */
    static final String OURS = "hv-" + Long.toHexString(UUID.randomUUID().getMostSignificantBits()) + "-";

    private final Path own;

    /** @param own a folder of this process, which shows who its user is */
    StaleFolders(Path own) {
        this.own = own;
    }

    /** Takes away those in a folder; what cannot be is left. */
    void sweep(Path root) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(root)) {
            List<Path> names = new ArrayList<>();
            for (Path entry : open) {
                names.add(entry.getFileName());
            }
            names.removeIf(name ->
                    !NAME.matcher(name.toString()).matches() || name.toString().startsWith(OURS));
            if (!names.isEmpty()) {
                sweep(FolderRemoval.secure(open), names);
            }
        } catch (IOException e) {
            // A folder that cannot be looked through has nothing that could be taken away.
        }
    }

    private void sweep(SecureDirectoryStream<Path> parent, List<Path> names) throws IOException {
        UserPrincipal owner = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
        for (Path name : names) {
            try {
                // Asked before it is opened, for what is no folder, and after, because it may be another by then.
                if (isPrivate(view(parent, name).readAttributes(), owner)) {
                    sweep(parent, name, owner);
                }
            } catch (IOException e) {
                // Gone, or not to be removed: the next run tries again.
            }
        }
    }

    private static void sweep(SecureDirectoryStream<Path> parent, Path name, UserPrincipal owner) throws IOException {
        try (SecureDirectoryStream<Path> folder = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            PosixFileAttributes attributes =
                    folder.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
            if (!isPrivate(attributes, owner)) {
                return;
            }
            try (FileChannel lock = lock(folder)) {
                if (lock.tryLock() == null) {
                    return;
                }
                FolderRemoval.empty(folder, PrivateFolder.LOCK);
                folder.deleteFile(lockName());
            } catch (NoSuchFileException e) {
                Instant changed = attributes.lastModifiedTime().toInstant();
                if (changed.isAfter(Instant.now().minus(OLD))) {
                    return;
                }
                FolderRemoval.empty(folder, "");
            }
        }
        parent.deleteDirectory(name);
    }

    private static FileChannel lock(SecureDirectoryStream<Path> folder) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        var opened = folder.newByteChannel(lockName(), options);
        if (opened instanceof FileChannel channel) {
            return channel;
        }
        opened.close();
        throw new IOException("this file system has no locks");
    }

    private static Path lockName() {
        return Path.of(PrivateFolder.LOCK);
    }

    private static PosixFileAttributeView view(SecureDirectoryStream<Path> parent, Path name) {
        return parent.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isPrivate(PosixFileAttributes attributes, UserPrincipal owner) {
        return attributes.isDirectory()
                && attributes.owner().equals(owner)
                && attributes.permissions().equals(PosixFilePermissions.fromString("rwx------"));
    }
}
