package hv.partition.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.dto.FailureDTO;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Failures are folded by place and kind")
class FailuresTest {
    private static final Logger LOG = Logger.getLogger("hv.partition");

    private final Failures failures = new Failures("test");
    private final List<String> lines = new ArrayList<>();
    private final Handler watch = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            lines.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void watch() {
        LOG.addHandler(watch);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void look() {
        LOG.removeHandler(watch);
        LOG.setUseParentHandlers(true);
    }

    @Test
    @DisplayName("One that fails for the first time is told, however often another has failed before")
    void firstOfEachIsTold() {
        for (int i = 0; i < 11; i++) {
            failures.record("a", Callback.READ_MSR, new IllegalStateException("again"));
        }
        failures.record("b", Callback.READ_MSR, new IllegalStateException("b"));
        failures.record("a", Callback.DOORBELL, new IllegalStateException("another callback"));
        failures.record("a", Callback.READ_MSR, new AssertionError("another kind"));
        assertEquals(5, lines.size(), lines.toString());
        assertTrue(lines.get(2).contains("hv-b failed in reading an MSR (failure 1 of its kind)"), lines.get(2));
        assertEquals(13, failures.count("a"));
        assertEquals(1, failures.count("b"));
    }

    @Test
    @DisplayName("A line has what was thrown and where, and no more than one line of whatever text it has")
    void linesAreLines() {
        failures.record("a", Callback.SAVE, new IllegalStateException("x".repeat(10_000) + "\nERROR hv: forged"));
        String line = lines.get(0);
        assertEquals(1, line.lines().count());
        assertTrue(line.length() < 2_000, () -> line.length() + " characters");
        assertTrue(line.contains("FailuresTest.linesAreLines(FailuresTest.java:"), line);
        assertTrue(failures.last("a").startsWith("saving its state: it did what cannot be done at that moment: xxx"));
    }

    @Test
    @DisplayName("Kinds and places are bounded; what is beyond is counted together")
    void isBounded() {
        for (int i = 0; i < 10_000; i++) {
            Callback callback = Callback.values()[i % Callback.values().length];
            failures.record("place " + i, callback, new IllegalStateException());
            failures.record("one", callback, i % 2 == 0 ? new IllegalStateException() : new AssertionError());
            failures.record("one", callback, i % 3 == 0 ? new IllegalArgumentException() : new LinkageError());
        }
        List<FailureDTO> rows = failures.rows();
        assertTrue(rows.size() <= (Failures.MOST_PLACES + 1) * 2 + PlaceFailures.MOST_KINDS + 1, rows.size() + " rows");
        assertEquals(30_000, rows.stream().mapToLong(FailureDTO::count).sum());
        assertEquals(20_000, failures.count("one"));
    }

    /** Its text is a bundle's code too. */
    private static final class Spiteful extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("none is left, it says");
        }
    }

    @Test
    @DisplayName(
            "Nothing is thrown when a failure cannot even be told; it is counted, and the next line says that it was"
                    + " missed")
    void neverThrows() {
        failures.record("a", Callback.CLOSE, new Spiteful());
        assertEquals(1, failures.count("a"));
        failures.record("b", Callback.CLOSE, new IllegalStateException("told"));
        assertTrue(lines.get(lines.size() - 1).contains("1 failures before could not be told"), lines.toString());
    }
}
