package hv.bench.exits;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The other side: a process of its own with a loop in C, compiled on the spot. */
final class CLoop {
    private static final String SOURCE = "exit-loop.c";
    private static final List<String> COMPILERS = List.of("gcc", "cc", "clang");

    private CLoop() {}

    /** Compiles the program in {@code folder}; empty if there is no C compiler. */
    static Optional<Path> compile(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve(SOURCE);
        Path program = folder.resolve("exit-loop");
        try (InputStream resource = CLoop.class.getResourceAsStream(SOURCE)) {
            Files.copy(resource, source);
        }
        for (String compiler : COMPILERS) {
            try {
                String[] command = {compiler, "-O2", "-pthread", "-o", program.toString(), source.toString()};
                int status = new ProcessBuilder(command).inheritIO().start().waitFor();
                return status == 0 ? Optional.of(program) : Optional.empty();
            } catch (IOException e) {
                // Not installed: try the next.
                continue;
            }
        }
        return Optional.empty();
    }

    /** Starts it; {@code setUp} as in the program's head. */
    static Loop start(Path program, String setUp) throws IOException {
        String code = HexFormat.of().formatHex(ExitGuest.code());
        return new ProcessLoop(new ProcessBuilder(program.toString(), code, setUp));
    }
}
