package hv.netvsc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A network adapter and a guest that keeps to no rule")
class HostileNetvscTest {
    /** More of them with {@code -Dhv.netvsc.millions=N}. */
    private static final long OPERATIONS = Long.getLong("hv.netvsc.millions", 0) * 1_000_000 + 200_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("Whatever it writes, nothing is thrown, and nothing is written but its rings and receive buffer")
    void attack(long seed) {
        Attack attack = new Attack(seed);
        attack.run(OPERATIONS);
        assertTrue(attack.frames() > OPERATIONS / 1000, () -> attack.frames() + " frames");
        assertTrue(attack.answers() > OPERATIONS / 100, () -> attack.answers() + " answers");
    }
}
