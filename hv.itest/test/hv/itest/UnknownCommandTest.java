package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
@DisplayName("A word that is no command")
class UnknownCommandTest {
    private static final String SAID = "there is no command 'nosuch'; help lists those that there are";

    @Test
    @DisplayName("is one plain line for a script, and exit status 2")
    void script() throws Exception {
        Ended ended = Ended.of(new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                Shipped.distribution().root().resolve("hv.jar").toString(),
                "shell",
                "-c",
                "nosuch word"));
        assertEquals(List.of("hv: " + SAID), ended.err());
        assertEquals(2, ended.status());
    }

    @Test
    @DisplayName("is the same words on the terminal, where the shell shows what was thrown, and no name of a class")
    void terminal() throws Exception {
        try (Gogo gogo = new Gogo()) {
            Exception thrown = assertThrows(Exception.class, () -> gogo.execute("nosuch"));
            assertEquals(SAID, thrown.toString());
            assertFalse(gogo.execute("hv:list").isEmpty(), "the next one is carried out");
        }
    }
}
