package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What is typed or piped into ./hv run --kernel reaches the guest's serial port")
@Timeout(180)
class SerialInputTest {
    @TempDir
    Path folder;

    private Path kernel;

    @BeforeEach
    void kernel() throws IOException {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "there is no /dev/kvm that may be written");
        kernel = Files.write(folder.resolve("echo.img"), echo());
    }

    /**
     * A flat payload that says {@code "> "}, sends back what it receives, and powers the machine off after a {@code !}.
     */
    private static byte[] echo() {
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        image.writeBytes(new byte[] {(byte) 0xEB, 0x0E, 0, 0, 0, 0, 0, 0});
        image.writeBytes("HVFLAT64".getBytes(StandardCharsets.US_ASCII));
        out(image, 0x3FC, 0x03); // DTR, RTS
        out(image, 0x3F8, '>');
        out(image, 0x3F8, ' ');
        // again: mov dx, LSR; in al, dx; test al, 1; jz again; mov dl, RBR; in al, dx; out dx, al; cmp al, '!'; jne
        // again
        raw(image, 0x66, 0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x01, 0x74, 0xF7, 0xB2, 0xF8, 0xEC, 0xEE, 0x3C, '!', 0x75, 0xEF);
        out(image, 0x600, 0x34); // SLP_EN, S5
        raw(image, 0xF4, 0xEB, 0xFD);
        return image.toByteArray();
    }

    /** {@code mov dx, port; mov al, value; out dx, al}. */
    private static void out(ByteArrayOutputStream image, int port, int value) {
        raw(image, 0x66, 0xBA, port, port >> 8, 0xB0, value, 0xEE);
    }

    private static void raw(ByteArrayOutputStream image, int... values) {
        for (int value : values) {
            image.write(value);
        }
    }

    @Test
    @DisplayName("A pipe: the guest reads all of it; powering off ends the run with status 0 and one line")
    void pipe() throws Exception {
        Process process = new ProcessBuilder(
                        java().toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        jar().toString(),
                        "run",
                        "--kernel",
                        kernel.toString())
                .start();
        try {
            type(process, "a long line through a short FIFO!");
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals(0, process.waitFor(), err);
            assertEquals("> a long line through a short FIFO!", out);
            assertTrue(err.endsWith("hv: guest powered off\n"), err);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static Path jar() {
        return Shipped.distribution().root().resolve("hv.jar");
    }

    @Test
    @DisplayName("A terminal: the prompt shows, Ctrl-C is the guest's, Ctrl-] leaves, and the terminal is as before")
    void terminal() throws Exception {
        String run =
                "'%s' --enable-native-access=ALL-UNNAMED -jar '%s' run --kernel '%s'; s=$?; echo; echo status $s; stty -a"
                        .formatted(java(), jar(), kernel);
        Process script;
        try {
            script = new ProcessBuilder("script", "-qec", run, "/dev/null")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "needs script, of util-linux: " + e.getMessage());
            return;
        }
        try (InputStream shown = script.getInputStream()) {
            String before = until(shown, "> ");
            assertTrue(before.contains("hv: Ctrl-] leaves"), before);
            type(script, "x\u0003y");
            until(shown, "x\u0003y");
            type(script, "\u001d");
            String after = new String(shown.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(after.contains("hv: stopped by Ctrl-]\r\n"), after);
            assertTrue(after.contains("status 1\r\n"), after);
            assertTrue(after.matches("(?s).*\\bisig icanon\\b.*") && after.contains(" echo "), after);
        } finally {
            script.destroyForcibly();
            script.waitFor(30, TimeUnit.SECONDS);
        }
    }

    private static void type(Process script, String keys) throws IOException {
        script.getOutputStream().write(keys.getBytes(StandardCharsets.ISO_8859_1));
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
