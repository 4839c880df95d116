package hv.faults.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Times on machines of any speed. */
class PaceTest {
    @Test
    @DisplayName("A plain run of three seconds stretches all times by three; one of a third does not shorten them")
    void stretches() throws Exception {
        Iterator<Double> runs = List.of(3.0, 0.3).iterator();
        Pace pace = new Pace(runs::next);
        pace.measure();
        assertEquals(6, pace.stretched(2), 1e-9);
        pace.measure();
        assertEquals(2, pace.stretched(2), 1e-9);
    }

    @Test
    @DisplayName("A time that seems too long is compared with the pace right after it, and only then is too long")
    void comparedAgain() throws Exception {
        Iterator<Double> runs = List.of(4.0, 1.0).iterator();
        Pace pace = new Pace(runs::next);
        assertFalse(pace.isTooLong(1.9, 2));
        assertFalse(pace.isTooLong(5, 2));
        assertTrue(pace.isTooLong(9, 2));
    }
}
