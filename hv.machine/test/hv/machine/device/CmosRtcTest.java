package hv.machine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("MC146818 real-time clock at 0x70 and 0x71")
class CmosRtcTest {
    private Instant now = Instant.parse("2031-12-28T23:59:58.999Z");
    private final CmosRtc rtc = new CmosRtc(() -> now);

    private int read(int register) {
        rtc.out(0, 1, register);
        return rtc.in(1, 1);
    }

    private void write(int register, int value) {
        rtc.out(0, 1, register);
        rtc.out(1, 1, value);
    }

    @ParameterizedTest
    @CsvSource({"0x00,0x58", "0x02,0x59", "0x04,0x23", "0x06,1", "0x07,0x28", "0x08,0x12", "0x09,0x31", "0x32,0x20"})
    @DisplayName("Seconds, minutes, hours, day of the week (Sunday is 1), day, month, year, century: BCD and UTC")
    void time(int register, int value) {
        assertEquals(value, read(register));
        assertEquals(value, read(0x80 | register), "index bit 7 belongs to the NMI gate");
    }

    @Test
    @DisplayName("The clock runs with the host's")
    void runs() {
        now = now.plusSeconds(2);
        assertEquals(0x00, read(0x00));
        assertEquals(0x00, read(0x04));
        assertEquals(2, read(0x06));
        assertEquals(0x29, read(0x07));
    }

    @Test
    @DisplayName("Register A is 0x26, UIP never set; B 0x02: 24 hours, BCD; C 0; D 0x80: valid. None can be changed")
    void controlRegisters() {
        for (int i = 0; i < 1000; i++) {
            now = now.plusNanos(1_234_567);
            assertEquals(0x26, read(0x0A));
        }
        for (int register = 0x0A; register <= 0x0D; register++) {
            write(register, 0xFF);
        }
        assertEquals(0x26, read(0x0A));
        assertEquals(0x02, read(0x0B));
        assertEquals(0x00, read(0x0C));
        assertEquals(0x80, read(0x0D));
    }

    @Test
    @DisplayName("Writes to the time are ignored")
    void timeCannotBeSet() {
        for (int register : new int[] {0x00, 0x02, 0x04, 0x06, 0x07, 0x08, 0x09, 0x32}) {
            write(register, 0x11);
        }
        time(0x00, 0x58);
        time(0x09, 0x31);
        time(0x32, 0x20);
    }

    @Test
    @DisplayName("The other registers are memory that a reset leaves alone, the shutdown byte 0x0F among them")
    void memory() {
        write(0x0F, 0x0A);
        write(0x7F, 0xA5);
        write(0x01, 0x30);
        rtc.reset();
        assertEquals(0x0A, read(0x0F));
        assertEquals(0xA5, read(0x7F));
        assertEquals(0x30, read(0x01), "seconds of the alarm");
        assertEquals(0, read(0x10));
    }

    @ParameterizedTest
    @CsvSource({"-999999999-01-01T00:00:00Z", "+999999999-12-31T23:59:59Z", "1969-12-31T23:59:59Z"})
    @DisplayName("Any year gives BCD")
    void years(String instant) {
        CmosRtc strange = new CmosRtc(InstantSource.fixed(Instant.parse(instant)));
        for (int register : new int[] {0x09, 0x32}) {
            strange.out(0, 1, register);
            int value = strange.in(1, 1);
            assertTrue((value & 0x0F) <= 9 && value >>> 4 <= 9, Integer.toHexString(value));
        }
    }

    @Test
    @DisplayName("Index and memory are saved and restored; a machine saved before there was a clock has empty memory")
    void saved() throws Exception {
        write(0x10, 0x42);
        rtc.out(0, 1, 0x11);
        Section section = rtc.section();
        CmosRtc other = new CmosRtc(() -> now);
        other.read(reader(section)).run();
        other.out(1, 1, 0x43);
        other.out(0, 1, 0x10);
        assertEquals(0x42, other.in(1, 1));
        other.out(0, 1, 0x11);
        assertEquals(0x43, other.in(1, 1));
        other.withoutSection().orElseThrow().run();
        other.out(0, 1, 0x10);
        assertEquals(0, other.in(1, 1));
        SectionReader bad =
                reader(new Section("cmos", SavedState.PARTITION, 1, Map.of("index", 128L), section.bytes()));
        assertThrows(StateException.class, () -> rtc.read(bad));
    }

    private static SectionReader reader(Section section) throws StateException {
        return new StateSections(new SavedState(List.of(section))).take("cmos", SavedState.PARTITION, 1);
    }

    @Test
    @DisplayName("Any accesses end in a byte")
    void hostile() {
        Random random = new Random(146818);
        for (int i = 0; i < 100_000; i++) {
            int offset = random.nextInt(2);
            if (random.nextBoolean()) {
                int value = rtc.in(offset, 1);
                assertTrue(value >= 0 && value <= 0xFF);
            } else {
                rtc.out(offset, 4, random.nextInt());
            }
        }
    }
}
