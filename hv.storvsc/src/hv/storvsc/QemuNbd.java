package hv.storvsc;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * An NBD server of our own, for a disk in a format that QEMU's qemu-nbd reads and writes. It listens on a socket in a
 * directory that only we may enter, and ends by itself when its last connection does: also when this process is killed.
 * By threads that may wait.
 */
final class QemuNbd implements NbdServer {
    private static final String EXPORT = "disk";
    private static final int MOST_CONNECTIONS = 16;
    private static final long START_NANOS = 5_000_000_000L;
    private static final long LOOK_NANOS = 20_000_000;
    private static final int LONGEST_REASON = 160;

    private final DiskText text;
    private Process process;
    private Path directory;

    private QemuNbd(DiskText text, Process process, Path directory) {
        this.text = text;
        this.process = process;
        this.directory = directory;
    }

    /** Starts one, and connects. */
    static Store open(DiskText text) throws IOException {
        QemuNbd server = new QemuNbd(text, null, null);
        try {
            return NbdStore.open(server, text.isReadOnly());
        } catch (IOException e) {
            server.end();
            throw e;
        }
    }

    /** Goes on with one that another version has started; null if it is not there any more. */
    static Store taken(DiskText text, Map<String, Object> given) {
        if (given.get("process") instanceof Process running && given.get("directory") instanceof String where) {
            return NbdStore.taken(new QemuNbd(text, running, Path.of(where)), text.isReadOnly(), given);
        }
        return null;
    }

    @Override
    public synchronized Map<String, Object> handOver() {
        return Map.of("process", process, "directory", directory.toString());
    }

    @Override
    public synchronized NbdConnection connect() throws IOException {
        if (process == null || !process.isAlive()) {
            start();
        }
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            try {
                return NbdConnection.open(new NbdAddress("", 0, socket().toString(), EXPORT));
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                    throw new IOException("%s: %s".formatted(QemuProgram.NAME, reason(e)), e);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private Path socket() {
        return directory.resolve("socket");
    }

    private void start() throws IOException {
        if (!QemuProgram.isInstalled()) {
            throw new IOException(QemuProgram.advice(text.format()));
        }
        removeDirectory();
        directory = Files.createTempDirectory("hv-disk-");
        List<String> command = new ArrayList<>(List.of(
                QemuProgram.NAME,
                "--format=" + text.format(),
                "--socket=" + socket(),
                "--export-name=" + EXPORT,
                "--shared=" + MOST_CONNECTIONS,
                "--discard=unmap",
                "--detect-zeroes=off",
                text.isDirect() ? "--cache=none" : "--cache=writeback"));
        if (text.isReadOnly()) {
            command.add("--read-only");
        }
        command.addAll(List.of("--", text.source()));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(directory.resolve("said").toFile())
                .start();
    }

    private String reason(IOException otherwise) {
        try (Stream<String> lines = Files.lines(directory.resolve("said"))) {
            return lines.findFirst()
                    .map(line -> hv.api.device.GuestCommand.shown(line, LONGEST_REASON))
                    .orElse(String.valueOf(otherwise.getMessage()));
        } catch (IOException e) {
            return String.valueOf(otherwise.getMessage());
        }
    }

    /** It ends by itself, since nobody is connected any more; nobody waits for that. */
    @Override
    public synchronized void end() {
        if (process == null) {
            removeDirectory();
        } else {
            process.onExit().thenRun(this::removeDirectory);
        }
    }

    private void removeDirectory() {
        if (directory == null) {
            return;
        }
        try {
            Files.deleteIfExists(socket());
            Files.deleteIfExists(directory.resolve("said"));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Whoever cleans /tmp removes it.
        }
    }
}
