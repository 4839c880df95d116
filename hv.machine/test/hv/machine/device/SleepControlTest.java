package hv.machine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Sleep control and status registers (ACPI 6, 4.8.3.7) at 0x600 and 0x601")
class SleepControlTest {
    private int offs;
    private final SleepControl sleep = new SleepControl(() -> offs++);

    @Test
    @DisplayName("Of all bytes only those with SLP_EN (bit 5) and SLP_TYP (bits 4:2) 5 power the machine off")
    void powersOff() {
        for (int value = 0; value < 256; value++) {
            offs = 0;
            sleep.out(0, 1, value);
            assertEquals((value & 0x3C) == (0x20 | 5 << 2) ? 1 : 0, offs, Integer.toHexString(value));
        }
    }

    @Test
    @DisplayName("The status register does nothing, and both read 0: nothing sleeps, nothing has woken")
    void status() {
        for (int value = 0; value < 256; value++) {
            sleep.out(1, 1, value);
        }
        assertEquals(0, offs);
        assertEquals(0, sleep.in(0, 1));
        assertEquals(0, sleep.in(1, 1));
    }
}
