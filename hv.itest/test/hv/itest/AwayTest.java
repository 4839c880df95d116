package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceReference;

/**
 * Bundles leave and come back under a guest at work, in a framework without anything of the launcher's. Each prints its
 * seed.
 */
@Tag("slow")
@Timeout(600)
class AwayTest {
    private static final long SEED = System.nanoTime();

    /** More of them, as {@code HV_AWAY_ROUNDS=200}, take minutes. */
    private static final String ROUNDS = System.getenv().getOrDefault("HV_AWAY_ROUNDS", "20");

    private PlainFelix felix;

    @BeforeEach
    void open(@TempDir Path storage) throws Exception {
        felix = new PlainFelix(storage, Shipped.WORKSPACE.resolve("hv.soak/generated/hv.soak.jar"));
        felix.startAll(SEED);
    }

    @AfterEach
    void close() throws Exception {
        felix.close();
    }

    @SuppressWarnings("unchecked")
    private int run(String verb, String... arguments) throws Exception {
        ServiceReference<?>[] found =
                felix.context().getServiceReferences(ToIntFunction.class.getName(), "(hv.verb=" + verb + ")");
        return ((ToIntFunction<String[]>) felix.context().getService(found[0])).applyAsInt(arguments);
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    @DisplayName(
            "Plain Felix: each bundle leaves and returns many times under a guest at work, and nothing is lost or doubled")
    void underAHostedGuest() throws Exception {
        assertEquals(0, run("away-soak", "hosted", "2", ROUNDS, String.valueOf(SEED)));
    }

    @Test
    @DisplayName("So it is under a guest on KVM, 5 times each")
    void underAKvmGuest() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "there is no /dev/kvm that may be written");
        assertEquals(0, run("away-soak", "kvm", "2", "5", String.valueOf(SEED)));
    }
}
