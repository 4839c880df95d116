package hv.netvsc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * Frames to and from a passt of this guest's own: a program that needs no rights, and gives the guest the addresses,
 * names and ways of the user who has started it. It ends with the connection to it.
 */
final class PasstLink implements FrameLink {
    static final String PROCESS = "passt.process";

    private static final String PROGRAM = "passt";
    private static final long START_NANOS = 5_000_000_000L;
    private static final long STEP_MILLIS = 10;
    private static final long END_SECONDS = 2;
    private static final int MOST_SAID = 2000;

    private final SocketLink link;
    private final Process process;

    PasstLink(SocketLink link, Process process) {
        this.link = link;
        this.process = process;
    }

    /** Starts one and connects to it. */
    static PasstLink start() throws IOException {
        Path program = find().orElseThrow(() -> new IOException(
                "there is no passt on this host; install it: apt-get install passt, or use --net socket=PATH"));
        Path folder = Files.createTempDirectory(
                "hv-passt", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path socket = folder.resolve("socket");
        Path said = folder.resolve("said");
        List<String> command = new ArrayList<>(
                List.of(program.toString(), "--foreground", "--one-off", "--quiet", "--socket", socket.toString()));
        if (System.getProperty("user.name").equals("root")) {
            // Otherwise it becomes nobody, who may not make a socket in this folder.
            command.addAll(List.of("--runas", "0:0"));
        }
        Process process = null;
        SocketLink made = null;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            made = connect(process, socket, said);
            return new PasstLink(made, process);
        } finally {
            if (made == null && process != null) {
                process.destroyForcibly();
            }
            // Who is connected needs neither.
            Files.deleteIfExists(socket);
            Files.deleteIfExists(said);
            Files.deleteIfExists(folder);
        }
    }

    private static Optional<Path> find() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin");
        return Arrays.stream(path.split(":"))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static SocketLink connect(Process process, Path socket, Path said) throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            if (Files.exists(socket)) {
                try {
                    return SocketLink.connect(socket);
                } catch (IOException e) {
                    // It does not listen yet.
                }
            }
            try {
                if (process.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw new IOException("passt does not start: " + lastLine(said));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private static String lastLine(Path said) throws IOException {
        byte[] all = Files.readAllBytes(said);
        String text = new String(all, 0, Math.min(all.length, MOST_SAID), StandardCharsets.UTF_8);
        String[] lines = text.strip().split("\n");
        return lines[lines.length - 1].isEmpty() ? "it says nothing" : lines[lines.length - 1];
    }

    @Override
    public boolean hasRoom() {
        return link.hasRoom();
    }

    @Override
    public void send(Frame frame) {
        link.send(frame);
    }

    @Override
    public void flush() throws IOException {
        link.flush();
    }

    @Override
    public boolean isBehind() {
        return link.isBehind();
    }

    @Override
    public int receive(Pieces into, LongPredicate wants) throws IOException {
        return link.receive(into, wants);
    }

    @Override
    public void await(boolean wantsFrames, boolean wantsRoom) throws IOException {
        link.await(wantsFrames, wantsRoom);
    }

    @Override
    public void wake() {
        link.wake();
    }

    @Override
    public Map<String, Object> handOver() {
        Map<String, Object> all = new HashMap<>(link.handOver());
        all.put(PROCESS, process);
        return all;
    }

    @Override
    public void close() {
        link.close();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void leave() {
        link.leave();
    }
}
