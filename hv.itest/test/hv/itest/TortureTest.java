package hv.itest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.launcher.Container;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bundles come, go and are replaced under guests at work. Each prints its seed. */
@Tag("slow")
@Timeout(600)
class TortureTest {
    private static final String SEED = String.valueOf(System.nanoTime());

    private Container container;

    @BeforeEach
    void open() throws Exception {
        container = Container.open(Shipped.distribution(), false);
        container.startAll();
        container
                .context()
                .installBundle(Shipped.WORKSPACE
                        .resolve("hv.soak/generated/hv.soak.jar")
                        .toUri()
                        .toString())
                .start();
    }

    @AfterEach
    void close() throws Exception {
        container.close();
    }

    /** Carries out a verb, which says last whether all was well and before that what was not. */
    @SuppressWarnings("unchecked")
    private void succeeds(String verb, String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status;
        System.setOut(new PrintStream(said, true, UTF_8));
        try {
            status = ((ToIntFunction<String[]>) container.verb(verb).orElseThrow()).applyAsInt(arguments);
        } finally {
            System.setOut(before);
        }
        List<String> lines = said.toString(UTF_8).lines().toList();
        lines.forEach(System.out::println);
        assertEquals(
                0,
                status,
                () -> lines.stream()
                        .filter(line ->
                                !line.startsWith("vp ") && !line.startsWith("all ") || line.endsWith("DIFFERENT"))
                        .collect(Collectors.joining("\n")));
    }

    @Test
    @DisplayName("1,000 random stops, starts, updates, refreshes and uninstalls keep the Requires graph and all state")
    void bundlesComeAndGo() {
        succeeds("bundle-soak", "1000", SEED);
    }

    @Test
    @DisplayName("Enlightenments replaced 1,000 times under a hosted guest at work: nothing lost, doubled or kept")
    void swapsUnderAHostedGuest() {
        succeeds("swap-soak", "hosted", "2", "1000", SEED);
    }

    @Test
    @DisplayName("Enlightenments replaced 500 times under a guest on KVM at work: nothing lost, doubled or kept")
    void swapsUnderAKvmGuest() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "there is no /dev/kvm that may be written");
        succeeds("swap-soak", "kvm", "2", "500", SEED);
    }
}
