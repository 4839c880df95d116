package hv.bench.exits;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The other side: a process of its own with a loop in C, compiled on the spot. */
final class CLoop implements Loop {
    private final Path folder;
    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private CLoop(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
        this.in = process.outputWriter();
        this.out = process.inputReader();
    }

    /** Compiles and starts it; empty if there is no C compiler. */
    static Optional<CLoop> start() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("hv-exits");
        Path source = folder.resolve("exit-loop.c");
        Path program = folder.resolve("exit-loop");
        try (InputStream resource = CLoop.class.getResourceAsStream("exit-loop.c")) {
            Files.copy(resource, source);
        }
        if (!compile(source, program)) {
            remove(folder);
            return Optional.empty();
        }
        String code = HexFormat.of().formatHex(ExitGuest.code());
        Process process = new ProcessBuilder(program.toString(), code)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return Optional.of(new CLoop(folder, process));
    }

    private static boolean compile(Path source, Path program) throws InterruptedException {
        for (String compiler : List.of("gcc", "cc", "clang")) {
            try {
                Process process = new ProcessBuilder(compiler, "-O2", "-o", program.toString(), source.toString())
                        .inheritIO()
                        .start();
                return process.waitFor() == 0;
            } catch (IOException e) {
                // Not installed: try the next.
                continue;
            }
        }
        return false;
    }

    @Override
    public long roundNanos() throws IOException {
        in.write("\n");
        in.flush();
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the C loop ended");
        }
        return Long.parseLong(line);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        in.close();
        process.waitFor();
        remove(folder);
    }

    private static void remove(Path folder) throws IOException {
        for (String file : List.of("exit-loop.c", "exit-loop")) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.delete(folder);
    }
}
