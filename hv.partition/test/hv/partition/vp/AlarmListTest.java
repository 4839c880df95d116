package hv.partition.vp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Alarms come and go in any order; those that are there are seen in the order in which they came. */
class AlarmListTest {
    private final AlarmList<Integer> list = new AlarmList<>(new Integer[0]);
    private final Set<Integer> gone = new HashSet<>();

    private List<Integer> seen() {
        List<Integer> seen = new ArrayList<>();
        for (Integer each : list.all()) {
            if (each == null) {
                break;
            }
            if (!gone.contains(each)) {
                seen.add(each);
            }
        }
        return seen;
    }

    @Test
    @DisplayName("It shows what a plain list shows, whatever comes and goes, and keeps at most twice as many")
    void comesAndGoes() {
        Random random = new Random(1);
        List<Integer> plain = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            if (plain.isEmpty() || random.nextInt(3) > i / 5_000) {
                plain.add(i);
                list.add(i);
            } else {
                gone.add(plain.remove(random.nextInt(plain.size())));
                list.takenOut(gone::contains);
            }
            assertEquals(plain.size(), list.count());
            if (i % 100 == 0) {
                assertEquals(plain, seen());
            }
        }
        assertEquals(plain, seen());
        assertTrue(list.all().length <= 4 * plain.size() + 8, "%d for %d".formatted(list.all().length, plain.size()));
    }

    @Test
    @DisplayName("All of 40,000 can be exchanged one by one without a cost that grows with their square")
    void manyAreExchanged() {
        int many = 40_000;
        for (int i = 0; i < many; i++) {
            list.add(i);
        }
        for (int i = 0; i < many; i++) {
            list.add(many + i);
            gone.add(i);
            list.takenOut(gone::contains);
        }
        assertEquals(many, list.count());
        assertEquals(many, seen().get(0));
    }
}
