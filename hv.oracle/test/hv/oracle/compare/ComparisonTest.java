package hv.oracle.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.oracle.input.Case;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Differences")
class ComparisonTest {
    private static final Case ONE = new Case(parts -> String.join(",", parts), List.of("a", "b", "c", "d"));

    @TempDir
    Path folder;

    /** Differs whenever b is there. */
    private final Trial trial = one -> one.parts().contains("b")
            ? List.of(new Difference(Difference.Kind.FALSE_STARTS, one.text(), "starts", "refuses: b"))
            : List.of();

    private Accepted accepted(String... lines) throws Exception {
        return Accepted.read(Files.write(folder.resolve("accepted.txt"), List.of(lines)));
    }

    @Test
    @DisplayName("The smallest input is printed that still differs, and others of its cause are counted")
    void smallest() throws Exception {
        Comparison comparison = new Comparison("test", trial, accepted("# nothing"));
        comparison.ask(ONE);
        comparison.ask(ONE);
        assertFalse(comparison.isClean());
        assertTrue(comparison.report().lines().map(String::strip).anyMatch("b"::equals), comparison.report());
        assertTrue(comparison.report().contains("2 times"), comparison.report());
    }

    @Test
    @DisplayName("A difference with a reason is no failure, and its reason is printed")
    void accepted() throws Exception {
        Comparison comparison = new Comparison("test", trial, accepted("FALSE_STARTS | starts | : b$ | b is too new"));
        comparison.ask(ONE);
        assertTrue(comparison.isClean());
        assertTrue(comparison.report().contains("b is too new"), comparison.report());
    }

    @Test
    @DisplayName("The tables of the project can be read")
    void tables() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("accepted"))) {
            List<Path> all = files.toList();
            assertFalse(all.isEmpty());
            for (Path file : all) {
                Accepted.read(file);
            }
        }
    }

    @Test
    @DisplayName("Arguments are compared by what they say")
    void words() {
        assertEquals(
                CpuWords.of("host,hv-spinlocks=0x1fff,hv_time,hv-ipi=off,tsc-freq=2.5G"),
                CpuWords.of("host,migratable=on,hv-time=yes,tsc-frequency=2500000000,hv-spinlocks=8191"));
    }
}
