package hv.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.soak.SoakSpec.Backend;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a soak can be asked to do. */
class SoakSpecTest {
    @ParameterizedTest
    @DisplayName("a number out of range is refused in one line that names the range")
    @CsvSource({
        "0, 1000, 1, 0 virtual processors: give a number from 1 to 32",
        "33, 1000, 1, 33 virtual processors: give a number from 1 to 32",
        "1, 99, 1, a soak of PT0.099S: give 100 ms to 24 h",
        "1, 86400001, 1, a soak of PT24H0.001S: give 100 ms to 24 h",
        "1, 1000, 0, '0 messages per second: give a number from 1 to 1000000'",
        "1, 1000, 1000001, '1000001 messages per second: give a number from 1 to 1000000'"
    })
    void ranges(int vps, long millis, int messages, String line) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new SoakSpec(Backend.HOSTED, vps, Duration.ofMillis(millis), messages));
        assertEquals(line, e.getMessage());
    }
}
