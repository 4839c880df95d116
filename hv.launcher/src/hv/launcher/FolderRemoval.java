package hv.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Removes a folder with everything in it, and nothing else: every step is taken from a folder that is held open, so
 * whoever puts a link in the place of a folder meanwhile has only lost the link. Any thread.
 */
final class FolderRemoval {
    private FolderRemoval() {}

    /** Removes a folder, or a link of that name; without effect if nothing has this name. */
    static void remove(Path folder) throws IOException {
        Path around = Objects.requireNonNull(folder.toAbsolutePath().getParent(), "the root is not removed");
        try (DirectoryStream<Path> parent = Files.newDirectoryStream(around)) {
            remove(secure(parent), folder.getFileName());
        } catch (NoSuchFileException e) {
            // Nothing is left to do.
        }
    }

    /**
     * What is in an open folder, but not its entry {@code last}, so that a folder that is half removed still has that.
     *
     * @param last name of a file; empty for none
     */
    static void empty(SecureDirectoryStream<Path> folder, String last) throws IOException {
        List<Path> names = new ArrayList<>();
        for (Path entry : folder) {
            names.add(entry.getFileName());
        }
        for (Path name : names) {
            if (!name.toString().equals(last)) {
                remove(folder, name);
            }
        }
    }

    static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException("this file system cannot remove a folder without following links");
    }

    private static void remove(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        try {
            boolean isFolder = parent.getFileAttributeView(
                            name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes()
                    .isDirectory();
            if (!isFolder) {
                parent.deleteFile(name);
                return;
            }
            try (SecureDirectoryStream<Path> folder = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                empty(folder, "");
            }
            parent.deleteDirectory(name);
        } catch (NoSuchFileException e) {
            // Somebody else has removed it.
        }
    }
}
