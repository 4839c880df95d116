package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HeapNeedTest {
    @Test
    @DisplayName(
            "A heap that is too small for so many processors is told before anything starts, with what to write instead")
    void tooSmall() {
        HeapNeed.check(1, 32L << 20);
        HeapNeed.check(700, 62L << 20);
        HeapNeed.check(4096, 1 << 30);
        String line = assertThrows(IllegalArgumentException.class, () -> HeapNeed.check(1024, 62L << 20))
                .getMessage();
        assertEquals(
                "1024 virtual processors need a heap of 72 MiB, and this JVM has 62: give it more (-Xmx96m), or the guest fewer",
                line);
    }
}
