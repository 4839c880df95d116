package hv.partition.vp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    @DisplayName(
            "So many may come at once; after that each waits for its turn, and a pause is not saved up beyond the burst")
    void burstThenRate() {
        Pace pace = new Pace(300, 5000);
        int done = 0;
        while (pace.waitNanos(5000) <= 0) {
            pace.done(5000, 100);
            done++;
        }
        assertEquals(4, done);
        assertEquals(100, pace.waitNanos(5000));
        assertTrue(pace.waitNanos(5100) <= 0);
        pace.done(5100, 100);
        assertEquals(100, pace.waitNanos(5100));
        pace.done(1_000_000, 100);
        assertEquals(-200, pace.waitNanos(1_000_000));
    }
}
