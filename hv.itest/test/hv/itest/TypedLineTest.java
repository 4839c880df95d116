package hv.itest;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A line on the terminal that the shell cannot read")
@Timeout(180)
class TypedLineTest {
    private static final String PROMPT = "g! ";

    @TempDir
    Path home;

    @Test
    @DisplayName("is told of, and the next one is carried out; Ctrl-D still ends the console")
    void unreadable() throws Exception {
        Process script = shell();
        try (InputStream shown = script.getInputStream()) {
            until(shown, PROMPT);
            for (String line : new String[] {"}", "]", ")", "hv:list }", "echo a }", "!nothing", "$", "\u00e9}"}) {
                type(script, line + "\r");
                until(shown, PROMPT);
                type(script, "echo still$(echo there)\r");
                until(shown, "stillthere");
                until(shown, PROMPT);
            }
            type(script, "}\r");
            String told = until(shown, "hv: this line cannot be read: ");
            assertFalse(told.contains("stopping framework"), told);
            type(script, "\u0004");
            String after = new String(shown.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(after.contains("gosh: stopping framework"), after);
        } finally {
            script.destroyForcibly();
            script.waitFor(30, TimeUnit.SECONDS);
        }
    }

    private Process shell() {
        String command = "stty rows 24 cols 200; exec '%s' -Duser.home='%s' -jar '%s' shell"
                .formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        home,
                        Shipped.distribution().root().resolve("hv.jar"));
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", command, "/dev/null").redirectErrorStream(true);
        builder.environment().put("TERM", "dumb");
        try {
            return builder.start();
        } catch (IOException e) {
            assumeTrue(false, "needs script, of util-linux: " + e.getMessage());
            throw new AssertionError(e);
        }
    }

    private static void type(Process script, String keys) throws IOException {
        script.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        script.getOutputStream().flush();
    }

    private static String until(InputStream shown, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = shown.read();
            assertTrue(next >= 0, () -> "ended with " + text);
            text.append((char) next);
        }
        return text.toString();
    }
}
