package hv.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A snapshot that is being written")
class UnfinishedFileTest {
    /** No process has this number: Linux gives less than 2^22. */
    private static final String DEAD = ".hv-snapshot-99999999-1f.tmp";

    @TempDir
    private Path folder;

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    @DisplayName("is its owner's alone from the first moment, and is gone when it was not finished")
    void isPrivate() throws Exception {
        try (UnfinishedFile file = UnfinishedFile.in(folder)) {
            assertEquals(1, files().size());
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(files().get(0)))));
            file.channel().write(ByteBuffer.wrap(new byte[10]));
        }
        assertEquals(List.of(), files());
    }

    @Test
    @DisplayName("takes the place of the old one as a whole, and stays when it is closed")
    void isFinished() throws Exception {
        Path target = Files.write(folder.resolve("guest"), new byte[] {1});
        try (UnfinishedFile file = UnfinishedFile.in(folder)) {
            file.channel().write(ByteBuffer.wrap(new byte[] {2, 3}));
            file.moveTo(target);
        }
        assertArrayEquals(new byte[] {2, 3}, Files.readAllBytes(target));
        assertEquals(List.of("guest"), files());
    }

    @Test
    @DisplayName(
            "of a process that was killed is deleted by the next one in its folder; what is like it in name only stays")
    void sweeps() throws Exception {
        Files.write(folder.resolve(DEAD), new byte[10]);
        List<String> others = List.of(
                ".hv-snapshot-99999999-xyz.tmp",
                ".hv-snapshot-.tmp",
                ".hv-snapshot-99999999-1f.tmp.bak",
                "99999999-1f.tmp");
        for (String name : others) {
            Files.write(folder.resolve(name), new byte[10]);
        }
        Path elsewhere = Files.write(folder.resolve("elsewhere"), new byte[10]);
        Path link = Files.createSymbolicLink(folder.resolve(".hv-snapshot-99999999-2.tmp"), elsewhere);
        Files.createDirectory(folder.resolve(".hv-snapshot-99999999-3.tmp"));
        try (UnfinishedFile file = UnfinishedFile.in(folder)) {
            assertTrue(file.channel().isOpen());
            assertFalse(Files.exists(folder.resolve(DEAD)));
            assertTrue(Files.isSymbolicLink(link));
            assertTrue(Files.isDirectory(folder.resolve(".hv-snapshot-99999999-3.tmp")));
            assertEquals(10, Files.size(elsewhere));
            assertTrue(files().containsAll(others));
        }
    }

    @Test
    @DisplayName("that somebody else is writing stays, and so does one of this very process")
    void leavesOthersAlone() throws Exception {
        Path foreign = folder.resolve(DEAD);
        Files.createFile(foreign);
        Process holder = LockHolder.start(foreign);
        try (UnfinishedFile first = UnfinishedFile.in(folder);
                UnfinishedFile second = UnfinishedFile.in(folder)) {
            assertTrue(first.channel().isOpen() && second.channel().isOpen());
            assertEquals(3, files().size());
        } finally {
            holder.getOutputStream().close();
            holder.waitFor();
        }
        try (UnfinishedFile third = UnfinishedFile.in(folder)) {
            assertTrue(third.channel().isOpen());
            assertFalse(Files.exists(foreign), "nobody writes it any more");
        }
    }

    @Test
    @DisplayName("is locked, so that other processes can tell")
    void isLocked() throws Exception {
        try (UnfinishedFile file = UnfinishedFile.in(folder);
                FileChannel other = FileChannel.open(
                        folder.resolve(files().get(0)), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertTrue(file.channel().isOpen());
            assertThrows(OverlappingFileLockException.class, other::tryLock);
        }
    }
}
