package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.launcher.Container;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code ./hv demo} does and prints. */
@Timeout(300)
class DemoTest {
    private static final int ENLIGHTENMENTS = 24;

    @SuppressWarnings("unchecked")
    private static List<String> demo(String backend) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Container container = Container.open(Shipped.distribution(), false)) {
            container.startAll();
            container
                    .context()
                    .installBundle(Shipped.WORKSPACE
                            .resolve("hv.soak/generated/hv.soak.jar")
                            .toUri()
                            .toString())
                    .start();
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            int status = ((ToIntFunction<String[]>) container.verb("demo").orElseThrow())
                    .applyAsInt(new String[] {backend, "2"});
            assertEquals(0, status, () -> out.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static void isWhole(List<String> lines) {
        // A line for what it is, a head, and one for the end.
        assertTrue(lines.size() >= ENLIGHTENMENTS - 2, lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("synic ")), lines::toString);
        assertTrue(lines.getLast().endsWith("lost or doubled: 0"), lines::toString);
    }

    @Test
    @DisplayName("Without a CPU: every enlightenment is replaced under a guest at work, and nothing is lost")
    void hosted() throws Exception {
        isWhole(demo("hosted"));
    }

    @Test
    @DisplayName("On KVM the same")
    void kvm() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "there is no /dev/kvm that may be written");
        isWhole(demo("kvm"));
    }
}
