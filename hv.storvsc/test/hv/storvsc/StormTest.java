package hv.storvsc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.SavedState;
import hv.api.machine.StateSections;
import hv.testkit.DiskDriver;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many requests at once, while what serves them changes. The guest knows of each block the last version that it has
 * written, and every block says which it is; {@code -Dhv.storm.operations=N} and {@code -Dhv.storm.blocks=N}
 * make it longer and larger.
 */
class StormTest {
    private static final int OPERATIONS = Integer.getInteger("hv.storm.operations", 6_000);
    private static final int BLOCK = 512;
    private static final int UNIT_BLOCKS = Integer.getInteger("hv.storm.blocks", 16);
    private static final int UNIT = UNIT_BLOCKS * BLOCK;
    private static final int UNITS = 2048;
    private static final int DEPTH = 32;

    @TempDir
    Path folder;

    /** What a unit holds: each of its blocks begins with its number and its version. */
    private static byte[] content(int unit, int version) {
        byte[] bytes = new byte[UNIT];
        if (version > 0) {
            new Random(unit * 31L + version).nextBytes(bytes);
        }
        return bytes;
    }

    private static final class Slot {
        long transaction = -1;
        int unit;
        boolean isRead;
        boolean isFlush;
    }

    @Test
    @DisplayName("Swaps, pauses, and saves with restore under requests: none fails, none is lost, all data is right")
    void underChanges() throws Exception {
        Path image = folder.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) UNITS * UNIT);
        }
        int[] versions = new int[UNITS];
        try (Machine machine = new Machine(image.toString())) {
            Storm storm = new Storm(machine, versions);
            for (int i = 0; i < OPERATIONS; i++) {
                storm.step();
                if (i % 60 == 59) {
                    change(machine, i / 60);
                }
            }
            storm.drain();
        }
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            byte[] unit = new byte[UNIT];
            for (int i = 0; i < UNITS; i++) {
                file.readFully(unit);
                assertArrayEquals(content(i, versions[i]), unit, "unit " + i);
            }
        }
    }

    private static void change(Machine machine, int round) throws Exception {
        switch (round % 4) {
            case 0, 1 -> machine.swap();
            case 2 -> {
                machine.devices.pause();
                machine.devices.resume();
            }
            default -> {
                machine.devices.pause();
                List<SavedState.Section> saved = machine.devices.save();
                machine.devices.read(new StateSections(new SavedState(saved))).run();
                machine.devices.resume();
            }
        }
    }

    /** The guest's side. */
    private static final class Storm {
        private final Machine machine;
        private final int[] versions;
        private final Random random = new Random(7);
        private final Slot[] slots = new Slot[DEPTH];
        private final boolean[] isBusy = new boolean[UNITS];

        Storm(Machine machine, int... versions) {
            this.machine = machine;
            this.versions = versions;
            Arrays.setAll(slots, i -> new Slot());
        }

        void step() {
            Slot slot = slots[random.nextInt(DEPTH)];
            finish(slot);
            int unit = random.nextInt(UNITS);
            if (isBusy[unit]) {
                return;
            }
            begin(slot, unit);
        }

        private int page(Slot slot) {
            return Arrays.asList(slots).indexOf(slot) * (UNIT / 4096);
        }

        private void begin(Slot slot, int unit) {
            slot.unit = unit;
            slot.isFlush = random.nextInt(20) == 0;
            slot.isRead = !slot.isFlush && random.nextInt(2) == 0;
            isBusy[unit] = true;
            int page = page(slot);
            if (!slot.isRead && !slot.isFlush) {
                versions[unit]++;
                long gpa = (Machine.DATA_PAGE + page) * 4096L;
                machine.guest.memory().write(gpa, content(unit, versions[unit]), 0, UNIT);
            }
            do {
                machine.driver.poll();
                slot.transaction = slot.isFlush
                        ? machine.driver.begin(0, false, 0, 0, DiskDriver.flush())
                        : machine.driver.begin(
                                0,
                                slot.isRead,
                                page,
                                UNIT,
                                DiskDriver.move(
                                        slot.isRead, (long) unit * UNIT_BLOCKS, UNIT_BLOCKS, random.nextInt(8) == 0));
            } while (slot.transaction < 0);
        }

        private void finish(Slot slot) {
            if (slot.transaction < 0) {
                return;
            }
            assertEquals("good", machine.driver.await(slot.transaction).meaning());
            slot.transaction = -1;
            isBusy[slot.unit] = false;
            if (slot.isRead) {
                byte[] read = new byte[UNIT];
                machine.guest.memory().read((Machine.DATA_PAGE + page(slot)) * 4096L, read, 0, UNIT);
                assertArrayEquals(content(slot.unit, versions[slot.unit]), read, "unit " + slot.unit);
            }
        }

        void drain() {
            for (Slot slot : slots) {
                finish(slot);
            }
            assertEquals(0, machine.driver.poll());
        }
    }
}
