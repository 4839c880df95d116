package hv.machine.device;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;

/**
 * The real-time clock and its battery-backed memory (MC146818): an index is written to 0x70, where bit 7 is another
 * device's, and the register of that index is read or written at 0x71.
 *
 * <p>Registers: 0x00 seconds, 0x02 minutes, 0x04 hours, 0x06 day of the week (1 is Sunday), 0x07 day, 0x08 month, 0x09
 * year, 0x32 century, all in BCD and UTC, from the host's clock: writes to them are ignored, so the guest's clock
 * cannot go wrong. 0x0A is 0x26 (32768 Hz, 1024 Hz): UIP is never set, because no time is ever in the middle of an
 * update, and a guest never waits for it. 0x0B is 0x02: 24 hours, BCD, no interrupts, and cannot be changed. 0x0C is 0:
 * no cause of an interrupt. 0x0D is 0x80: the battery is good. All others are memory, which a reset leaves alone: 0x0F,
 * the shutdown byte, is there to survive one.
 */
public final class CmosRtc implements PortDevice, SavedDevice {
    static final int PORT = 0x70;

    private static final int SECONDS = 0x00;
    private static final int MINUTES = 0x02;
    private static final int HOURS = 0x04;
    private static final int DAY_OF_WEEK = 0x06;
    private static final int DAY = 0x07;
    private static final int MONTH = 0x08;
    private static final int YEAR = 0x09;
    private static final int REGISTER_A = 0x0A;
    private static final int REGISTER_B = 0x0B;
    private static final int REGISTER_C = 0x0C;
    private static final int REGISTER_D = 0x0D;
    private static final int CENTURY = 0x32;
    private static final int DIVIDER_AND_RATE = 0x26;
    private static final int HOURS_24 = 0x02;
    private static final int VALID_RAM_AND_TIME = 0x80;
    private static final int REGISTERS = 128;

    private final InstantSource clock;
    private final byte[] memory = new byte[REGISTERS];
    private int index;

    public CmosRtc(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public int first() {
        return PORT;
    }

    @Override
    public int count() {
        return 2;
    }

    @Override
    public synchronized int in(int offset, int bytes) {
        // The index cannot be read back on a PC.
        return offset == 0 ? 0xFF : register();
    }

    private int register() {
        return switch (index) {
            case SECONDS -> bcd(now().getSecond());
            case MINUTES -> bcd(now().getMinute());
            case HOURS -> bcd(now().getHour());
            case DAY_OF_WEEK -> now().getDayOfWeek().getValue() % 7 + 1;
            case DAY -> bcd(now().getDayOfMonth());
            case MONTH -> bcd(now().getMonthValue());
            case YEAR -> bcd(Math.floorMod(now().getYear(), 100));
            case CENTURY -> bcd(Math.floorMod(Math.floorDiv(now().getYear(), 100), 100));
            case REGISTER_A -> DIVIDER_AND_RATE;
            case REGISTER_B -> HOURS_24;
            case REGISTER_C -> 0;
            case REGISTER_D -> VALID_RAM_AND_TIME;
            default -> Byte.toUnsignedInt(memory[index]);
        };
    }

    private ZonedDateTime now() {
        return clock.instant().atZone(ZoneOffset.UTC);
    }

    private static int bcd(int value) {
        return value / 10 << 4 | value % 10;
    }

    @Override
    public synchronized void out(int offset, int bytes, int value) {
        if (offset == 0) {
            index = value & REGISTERS - 1;
        } else {
            // Behind the registers that are not memory it is never seen.
            memory[index] = (byte) value;
        }
    }

    @Override
    public void reset() {
        set(0, memory.clone());
    }

    private synchronized void set(int selected, byte[] contents) {
        index = selected;
        System.arraycopy(contents, 0, memory, 0, REGISTERS);
    }

    @Override
    public String id() {
        return "cmos";
    }

    @Override
    public synchronized Section section() {
        return new Section(
                id(), SavedState.PARTITION, version(), Map.of("index", (long) index), Map.of("memory", memory.clone()));
    }

    @Override
    public Runnable read(SectionReader saved) throws StateException {
        int selected = saved.value("index", 0, REGISTERS - 1);
        byte[] contents = saved.bytes("memory", REGISTERS);
        return () -> set(selected, contents);
    }

    @Override
    public Optional<Runnable> withoutSection() {
        return Optional.of(() -> set(0, new byte[REGISTERS]));
    }
}
