package hv.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A file on its way to become another one in its folder. From its first moment only its owner may read it, since a
 * guest's memory is in it; and it is locked, so that one which nobody is writing any more, because its process was
 * killed, can be told from others and is swept by the next one in its folder. Its name has the number of the process in
 * it: a process must not open files that it is writing again, because closing them would end the lock. Used by one
 * thread.
 */
final class UnfinishedFile implements AutoCloseable {
    private static final String PREFIX = ".hv-snapshot-";
    private static final String SUFFIX = ".tmp";
    private static final Pattern NAME = Pattern.compile("\\.hv-snapshot-([0-9]{1,19})-[0-9a-f]{1,16}\\.tmp");
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final int MOST_ATTEMPTS = 100;

    private final Path path;
    private final FileChannel channel;

    private UnfinishedFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Makes one, and deletes those in its folder that others have left behind. */
    static UnfinishedFile in(Path folder) throws IOException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            long random = UUID.randomUUID().getMostSignificantBits();
            Path path = folder.resolve(
                    "%s%d-%x%s".formatted(PREFIX, ProcessHandle.current().pid(), random, SUFFIX));
            try {
                UnfinishedFile file = new UnfinishedFile(path, create(path));
                if (file.isOurs()) {
                    sweep(folder, path);
                    return file;
                }
                file.close();
            } catch (FileAlreadyExistsException e) {
                continue;
            }
        }
        throw new IOException("no file can be made in " + folder);
    }

    private static FileChannel create(Path path) throws IOException {
        return FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }

    /** Locks it; false if somebody has taken it for a stale one in between. */
    private boolean isOurs() {
        return isLocked(channel) && Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Locks a file. Where files cannot be locked, nobody sweeps either. */
    private static boolean isLocked(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            return true;
        }
    }

    /** Deletes what is left in a folder of the owner of {@code own}. */
    private static void sweep(Path folder, Path own) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
            UserPrincipal owner = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
            for (Path path : left) {
                sweepIfStale(path, owner);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // They stay for the next one.
        }
    }

    private static void sweepIfStale(Path path, UserPrincipal owner) {
        var name = NAME.matcher(String.valueOf(path.getFileName()));
        if (!name.matches()
                || name.group(1).equals(String.valueOf(ProcessHandle.current().pid()))) {
            return;
        }
        try {
            boolean isOurs = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(owner);
            if (!isOurs) {
                return;
            }
            try (FileChannel channel = FileChannel.open(
                            path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    FileLock lock = channel.tryLock()) {
                if (lock != null) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (Throwable e) {
            // It stays for the next one.
        }
    }

    FileChannel channel() {
        return channel;
    }

    /** Gives it its name, in place of a file that has it. */
    void moveTo(Path target) throws IOException {
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Deletes it, unless it has got its name. */
    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(path);
        } finally {
            channel.close();
        }
    }
}
