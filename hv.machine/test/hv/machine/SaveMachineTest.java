package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.host.GuestMachine;
import hv.api.host.Hypervisor;
import hv.kvm.Kvm;
import hv.machine.MachineResult.End;
import hv.machine.boot.TestImages;
import hv.partition.PartitionService;
import hv.synic.Synic;
import hv.time.Time;
import hv.vpindex.VpIndex;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A saved machine, with its RAM and its partition, goes on as another one")
class SaveMachineTest {
    private static final int DOTS = 6000;

    private final Hypervisor hypervisor = PartitionService.of(List.of(new VpIndex(), new Time(), new Synic()));
    private final Serial serial = new Serial();

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
    }

    /** Counts what comes. */
    private static final class Serial extends OutputStream {
        private final Semaphore dots = new Semaphore(0);
        private int taken;

        @Override
        public void write(int b) {
            dots.release();
        }

        void await(int count) throws InterruptedException {
            assertTrue(dots.tryAcquire(count, 60, TimeUnit.SECONDS), "the guest says nothing");
            taken += count;
        }

        int total() {
            return taken + dots.availablePermits();
        }
    }

    /** A program for a flat image. */
    private static final class Program {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Program raw(int... values) {
            for (int value : values) {
                bytes.write(value);
            }
            return this;
        }

        Program imm32(int value) {
            return raw(value, value >> 8, value >> 16, value >> 24);
        }

        /** {@code mov dx, port}. */
        Program port(int port) {
            return raw(0x66, 0xBA, port, port >> 8);
        }

        /** {@code jcc} to {@code target}. */
        Program jump(int condition, int target) {
            return raw(0x0F, condition).imm32(target - (bytes.size() + 4));
        }

        int here() {
            return bytes.size();
        }
    }

    /**
     * Writes the scratch register of the serial port and selects an item of fw_cfg; then says dots and reads
     * TIME_REF_COUNT, which must not go back; and exits with 0 if the scratch register and the item are as they were
     * left.
     */
    private static byte[] image() {
        Program code = new Program().raw(0xEB, 0x09); // jmp over fail
        int fail = code.here();
        code.raw(0xB8).imm32(1).raw(0xE7, 0xF4, 0xF4, 0x90); // mov eax, 1; out 0xF4, eax; hlt
        code.port(0x3FF).raw(0xB0, 0xA5, 0xEE); // mov al, 0xA5; out dx, al
        code.port(0x510).raw(0x66, 0xB8, 5, 0, 0x66, 0xEF); // mov ax, 5; out dx, ax
        code.port(0x511).raw(0xEC, 0x3C, 1).jump(0x85, fail); // in al, dx; cmp al, 1; jne fail
        code.raw(0x4D, 0x31, 0xE4).raw(0xBF).imm32(DOTS); // xor r12, r12; mov edi, DOTS
        int top = code.here();
        code.raw(0xB9).imm32(0x4000_0020).raw(0x0F, 0x32); // rdmsr
        code.raw(0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0x4C, 0x39, 0xE0); // shl rdx, 32; or rax, rdx; cmp rax, r12
        code.jump(0x82, fail).raw(0x49, 0x89, 0xC4); // jb fail; mov r12, rax
        code.port(0x3F8).raw(0xB0, '.', 0xEE, 0xFF, 0xCF).jump(0x85, top); // out dx, al; dec edi; jnz top
        code.port(0x3FF).raw(0xEC, 0x3C, 0xA5).jump(0x85, fail); // in al, dx; cmp al, 0xA5; jne fail
        code.port(0x511).raw(0xEC, 0x3C, 0).jump(0x85, fail); // the item's second byte
        return TestImages.flat(code.raw(0x31, 0xC0, 0xE7, 0xF4, 0xF4).bytes.toByteArray());
    }

    private MachineSpec spec() {
        return MachineSpec.of(
                "hv-vpindex,hv-time,hv-synic,hv-enforce-cpuid", 1, 16 * TestImages.MIB, image(), "test", serial);
    }

    /** What a snapshot is made of. */
    private record Saved(SavedState machine, SavedState partition, List<byte[]> pages) {
        static Saved of(GuestMachine machine) {
            SavedState state = machine.save();
            SavedState partition = machine.partition().save();
            List<byte[]> pages = new ArrayList<>();
            for (long gpa = 0; gpa < machine.memoryBytes(); gpa += GuestMemory.PAGE_BYTES) {
                byte[] page = new byte[GuestMemory.PAGE_BYTES];
                machine.memory().read(gpa, page, 0, page.length);
                pages.add(page);
            }
            return new Saved(state, partition, pages);
        }

        void into(GuestMachine machine) throws StateException {
            machine.restore(this.machine);
            for (int i = 0; i < pages.size(); i++) {
                machine.memory().write((long) i * GuestMemory.PAGE_BYTES, pages.get(i), 0, GuestMemory.PAGE_BYTES);
            }
            machine.partition().restore(partition);
        }
    }

    @Test
    @DisplayName(
            "15 moves: nothing is said twice or not at all, reference time does not go back, devices keep their registers")
    void moves() throws Exception {
        Machine machine = Machine.start(hypervisor, spec());
        for (int move = 0; move < 15; move++) {
            serial.await(1 + move * 3);
            machine.pause();
            Saved saved = Saved.of(machine);
            machine.close();
            machine = Machine.startPaused(hypervisor, spec());
            saved.into(machine);
            machine.resume();
        }
        MachineResult result = machine.await();
        machine.close();
        assertEquals(new MachineResult(End.EXITED, 0, 0, "guest exited with code 0"), result);
        assertEquals(DOTS, serial.total());
    }

    @Test
    @DisplayName("In place: the machine goes back to where it was saved, also after a reset, and runs to the end")
    void inPlace() throws Exception {
        try (Machine machine = Machine.start(hypervisor, spec())) {
            serial.await(5);
            machine.pause();
            Saved saved = Saved.of(machine);
            int said = serial.total();
            machine.resume();
            serial.await(30);
            machine.reset();
            machine.pause();
            int before = serial.total();
            saved.into(machine);
            machine.resume();
            assertTrue(machine.await().isSuccess());
            assertEquals(DOTS - said, serial.total() - before);
            assertThrows(IllegalStateException.class, machine::save);
            assertThrows(IllegalStateException.class, () -> machine.restore(saved.machine()));
        }
    }

    @Test
    @DisplayName("A machine that is started paused has not run; only a paused one can be saved")
    void paused() throws Exception {
        try (Machine machine = Machine.startPaused(hypervisor, spec())) {
            SavedState start = machine.save();
            assertEquals(0, serial.total());
            machine.restore(start);
            machine.resume();
            assertThrows(IllegalStateException.class, machine::save);
            assertTrue(machine.await().isSuccess());
            assertEquals(DOTS, serial.total());
        }
    }

    @Test
    @DisplayName("A state of another size, or with a device's section damaged, is refused by name and changes nothing")
    void damaged() throws Exception {
        try (Machine machine = Machine.startPaused(hypervisor, spec().withTestDevice())) {
            SavedState good = machine.save();
            Map<String, Section> bad = Map.of(
                    "section machine: vps is 2, and 1 on this machine",
                    section("machine", Map.of("vps", 2L, "memoryBytes", 16 * TestImages.MIB)),
                    "section machine: memoryBytes is 0, and 16777216 on this machine",
                    section("machine", Map.of("vps", 1L, "memoryBytes", 0L)),
                    "section uart: DLL is missing",
                    section("uart", Map.of()),
                    "section fwcfg: offset is 0x3, and must be from 0 to 2",
                    section("fwcfg", Map.of("key", 5L, "offset", 3L)),
                    "section testdev: events7 leads to no SINT: 0x10",
                    section("testdev", Map.of("events7", 0x10L)));
            for (Map.Entry<String, Section> entry : bad.entrySet()) {
                SavedState state = new SavedState(good.sections().stream()
                        .map(s -> s.id().equals(entry.getValue().id()) ? entry.getValue() : s)
                        .toList());
                StateException e = assertThrows(StateException.class, () -> machine.restore(state));
                assertEquals(entry.getKey(), e.getMessage());
            }
            SavedState more = new SavedState(java.util.stream.Stream.concat(
                            good.sections().stream(), java.util.stream.Stream.of(section("floppy", Map.of())))
                    .toList());
            assertEquals(
                    "section floppy has no place in this machine",
                    assertThrows(StateException.class, () -> machine.restore(more))
                            .getMessage());
            machine.resume();
            assertTrue(machine.await().isSuccess());
        }
        assertFalse(serial.total() < DOTS);
    }

    @Test
    @DisplayName(
            "A machine that was saved before there was a clock, with a serial port of version 1, goes on; a newer one is refused")
    void olderMachine() throws Exception {
        try (Machine machine = Machine.startPaused(hypervisor, spec())) {
            SavedState good = machine.save();
            Map<String, Long> registers =
                    Map.of("DLL", 1L, "DLM", 0L, "IER", 0L, "FCR", 1L, "LCR", 3L, "MCR", 3L, "SCR", 0L);
            List<Section> older = new ArrayList<>(good.sections());
            older.removeIf(s -> s.id().equals("cmos") || s.id().equals("uart"));
            older.add(section("uart", registers));
            machine.restore(new SavedState(older));
            older.removeIf(s -> s.id().equals("uart"));
            older.add(new Section("uart", SavedState.PARTITION, 3, registers, Map.of()));
            assertEquals(
                    "section uart has version 3, known are 1 to 2",
                    assertThrows(StateException.class, () -> machine.restore(new SavedState(older)))
                            .getMessage());
            machine.resume();
            assertTrue(machine.await().isSuccess());
        }
    }

    @Test
    @DisplayName("Connections of the test device are restored, those made since are gone")
    void connections() throws Exception {
        try (Machine machine = Machine.startPaused(hypervisor, spec().withTestDevice())) {
            SavedState good = machine.save();
            SavedState connected = new SavedState(good.sections().stream()
                    .map(s -> s.id().equals("testdev")
                            ? section("testdev", Map.of("messages9", 2L, "events7", 0x0103L))
                            : s)
                    .toList());
            machine.restore(connected);
            assertEquals(Map.of("messages9", 2L, "events7", 0x0103L), testdev(machine));
            machine.restore(good);
            assertEquals(Map.of(), testdev(machine));
        }
    }

    @Test
    @DisplayName(
            "A machine that nobody asked for the test device has none, and goes on from a state with an unused one")
    void withoutTestDevice() throws Exception {
        try (Machine machine = Machine.startPaused(hypervisor, spec())) {
            SavedState good = machine.save();
            assertTrue(good.sections().stream().noneMatch(s -> s.id().equals("testdev")));
            List<Section> before = new ArrayList<>(good.sections());
            before.add(section("testdev", Map.of()));
            machine.restore(new SavedState(before));
            List<Section> connected = new ArrayList<>(good.sections());
            connected.add(section("testdev", Map.of("messages9", 2L)));
            assertEquals(
                    "section testdev: it has connections, and this machine no such device: give it one (--device hyperv-testdev)",
                    assertThrows(StateException.class, () -> machine.restore(new SavedState(connected)))
                            .getMessage());
            machine.resume();
            assertTrue(machine.await().isSuccess());
        }
    }

    @Test
    @DisplayName("A machine with the test device goes on from a state without it, with no connections")
    void testDeviceIsNew() throws Exception {
        try (Machine without = Machine.startPaused(hypervisor, spec());
                Machine machine = Machine.startPaused(hypervisor, spec().withTestDevice())) {
            machine.restore(without.save());
            assertEquals(Map.of(), testdev(machine));
            machine.resume();
            assertTrue(machine.await().isSuccess());
        }
    }

    @Test
    @DisplayName(
            "The VMBus stands still before VPs are read and goes on before they do; its sections are the machine's")
    void withBus() throws Exception {
        FakeDevices devices = new FakeDevices();
        devices.number = 7;
        try (Machine machine = Machine.startPaused(
                hypervisor, Optional.of(devices.source()), spec().withBus(new BusSpec(List.of())))) {
            devices.atReset = () -> assertEquals(0xEB, machine.memory().getInt(0x10_0000) & 0xFF, "RAM is there");
            machine.resume();
            serial.await(1);
            devices.calls.clear();
            machine.pause();
            Saved saved = Saved.of(machine);
            devices.number = 0;
            saved.into(machine);
            assertEquals(7, devices.number);
            machine.resume();
            machine.reset();
            machine.pause();
            assertEquals(
                    List.of("pause", "save", "restored", "resume", "pause", "reset", "resume", "pause"), devices.calls);
            saved.into(machine);
            machine.resume();
            assertTrue(machine.await().isSuccess());
        }
        assertEquals("close", devices.calls.get(devices.calls.size() - 1));
    }

    private static Map<String, Long> testdev(Machine machine) {
        return machine.save().sections().stream()
                .filter(s -> s.id().equals("testdev"))
                .findFirst()
                .orElseThrow()
                .values();
    }

    private static Section section(String id, Map<String, Long> values) {
        return new Section(id, SavedState.PARTITION, 1, values, Map.of());
    }
}
