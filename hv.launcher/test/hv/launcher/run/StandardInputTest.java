package hv.launcher.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What standard input is, by /proc")
class StandardInputTest {
    @TempDir
    Path process;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pipe:[1234]|10 10 34816 10|STREAM",
                "socket:[1234]|10 10 34816 10|STREAM",
                "/home/somebody/input|10 10 34816 10|STREAM",
                "/dev/null|10 10 34816 10|NONE",
                "/dev/pts/3|10 10 34816 10|TERMINAL",
                "/dev/pts/3|10 10 34816 77|NONE",
                "/dev/ttyS1|10 10 0 -1|TERMINAL"
            })
    @DisplayName("Pipes, files and sockets are streams; a terminal is one in the foreground of its processes")
    void kinds(String target, String groups, StandardInput kind) throws IOException {
        Files.createDirectory(process.resolve("fd"));
        Files.createSymbolicLink(process.resolve("fd/0"), Path.of(target));
        Files.writeString(process.resolve("stat"), "42 (a ) b) S 1 " + groups + " 4194304 0\n");
        assertEquals(kind, StandardInput.find(process));
    }

    @ParameterizedTest
    @CsvSource({"''", "'42 (x'"})
    @DisplayName("Where /proc says nothing of use there is nothing to read")
    void unknown(String stat) throws IOException {
        assertEquals(StandardInput.NONE, StandardInput.find(process));
        Files.createDirectory(process.resolve("fd"));
        Files.createSymbolicLink(process.resolve("fd/0"), Path.of("/dev/tty"));
        assertEquals(StandardInput.NONE, StandardInput.find(process));
        Files.writeString(process.resolve("stat"), stat);
        assertEquals(StandardInput.NONE, StandardInput.find(process));
    }
}
