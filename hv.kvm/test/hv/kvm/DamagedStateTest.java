package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.kvm.abi.Handle;
import hv.kvm.abi.KvmDevice;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.probe.TscOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A saved VM that was damaged is refused in one line that names the section, and changes nothing")
class DamagedStateTest {
    private TestVm vm;
    private Saved good;

    @BeforeEach
    void save() {
        vm = new TestVm(2).boot64(new Code().outAl(0x10).movEsi(0x1234).spin());
        vm.next();
        good = Saved.of(vm);
    }

    @AfterEach
    void close() {
        if (vm != null) {
            vm.close();
        }
    }

    /** All but what follows the clock, and the processor's note of which registers it need not have saved. */
    private static SavedState steady(SavedState state) {
        SavedState timeless = new SavedState(state.sections().stream()
                .filter(section -> !section.id().equals("tsc") && !section.id().equals("clock"))
                .toList());
        SavedState plain = Saved.with(timeless, "cpu", section -> {
            Map<String, byte[]> bytes = new HashMap<>(section.bytes());
            bytes.computeIfPresent("xsave", (name, area) -> with(area, 512, 0)); // XSTATE_BV
            return Optional.of(new Section(section.id(), section.vp(), section.version(), section.values(), bytes));
        });
        return Saved.with(plain, "msr", section -> {
            Map<String, Long> values = new HashMap<>(section.values());
            values.keySet().removeIf(name -> name.equals("0x4b564d00") || name.equals("0x11"));
            return Optional.of(new Section(section.id(), section.vp(), section.version(), values, section.bytes()));
        });
    }

    private void refuses(SavedState bad, String start) {
        String line =
                assertThrows(StateException.class, () -> vm.vm.restore(bad)).getMessage();
        assertTrue(line.startsWith(start) && line.lines().count() == 1 && line.length() < 200, line);
        assertEquals(steady(good.state()), steady(vm.vm.save()));
    }

    private void refuses(String id, String start, Consumer<Parts> change) {
        refuses(
                Saved.with(good.state(), id, section -> {
                    if (section.vp() > 0) {
                        return Optional.of(section);
                    }
                    Parts parts = new Parts(new HashMap<>(section.values()), new HashMap<>(section.bytes()));
                    change.accept(parts);
                    return Optional.of(new Section(id, section.vp(), section.version(), parts.values(), parts.bytes()));
                }),
                start);
    }

    private record Parts(Map<String, Long> values, Map<String, byte[]> bytes) {}

    @ParameterizedTest
    @ValueSource(strings = {"tsc", "clock", "pic", "ioapic", "cpu", "apic", "msr"})
    @DisplayName("A section that is missing, there twice, of another version, or holds what nobody knows")
    void sections(String id) {
        refuses(Saved.with(good.state(), id, section -> Optional.empty()), "section " + id);
        List<Section> twice = new ArrayList<>(good.state().sections());
        twice.addAll(twice.stream().filter(section -> section.id().equals(id)).toList());
        refuses(new SavedState(twice), "section " + id);
        refuses(
                Saved.with(
                        good.state(),
                        id,
                        s -> Optional.of(new Section(id, s.vp(), s.version() + 1, s.values(), s.bytes()))),
                "section " + id);
        refuses(id, "section " + id, parts -> parts.values().put("evil", 1L));
        refuses(id, "section " + id, parts -> parts.bytes().put("evil\n\u001b[31m", new byte[1]));
        refuses(id, "section " + id, parts -> {
            parts.values().keySet().stream().sorted().findFirst().ifPresent(parts.values()::remove);
            parts.bytes().keySet().stream().sorted().findFirst().ifPresent(parts.bytes()::remove);
        });
    }

    @Test
    @DisplayName("A section, or a VP, that this VM does not have")
    void unknownSections() {
        for (Section more : List.of(
                new Section("other", SavedState.PARTITION, 1, Map.of(), Map.of()),
                new Section("cpu", 2, 1, Map.of(), Map.of()),
                new Section("cpu", SavedState.PARTITION, 1, Map.of(), Map.of()),
                new Section("a\nb", Integer.MIN_VALUE, -1, Map.of(), Map.of()))) {
            List<Section> sections = new ArrayList<>(good.state().sections());
            sections.add(more);
            refuses(new SavedState(sections), "section ");
        }
        refuses(new SavedState(List.of()), "section tsc is missing");
    }

    @Test
    @DisplayName("Sizes and values out of range")
    void ranges() {
        refuses("cpu", "section cpu/vp0: sregs", parts -> parts.bytes().put("sregs", new byte[312]));
        refuses("cpu", "section cpu/vp0: xsave", parts -> parts.bytes().put("xsave", new byte[65536]));
        refuses("cpu", "section cpu/vp0: mpState", parts -> parts.values().put("mpState", 5L));
        refuses("cpu", "section cpu/vp0: mpState", parts -> parts.values().put("mpState", -1L));
        refuses("cpu", "section cpu/vp0: shutDown", parts -> parts.values().put("shutDown", 2L));
        refuses("cpu", "section cpu/vp0: autoEoi0", parts -> parts.values().put("autoEoi0", 1L << 15));
        refuses("apic", "section apic/vp0: lapic", parts -> parts.bytes().put("lapic", new byte[0]));
        refuses("pic", "section pic: slave", parts -> parts.bytes().put("slave", new byte[511]));
    }

    @Test
    @DisplayName("What only KVM can refuse: everything that it had taken before is taken back")
    void refusedByKvm() {
        refuses(
                "cpu",
                "section cpu/vp0: KVM refuses sregs",
                parts -> parts.bytes()
                        .computeIfPresent(
                                "sregs", (name, bytes) -> with(bytes, 0xE0, 0x8000_0000))); // CR0: PG without PE
        refuses(
                "cpu",
                "section cpu/vp0: KVM refuses xsave",
                parts -> parts.bytes().computeIfPresent("xsave", (name, bytes) -> with(bytes, 512, -1))); // XSTATE_BV
        refuses(
                "cpu",
                "section cpu/vp0: KVM refuses events",
                parts -> parts.bytes().computeIfPresent("events", (name, bytes) -> with(bytes, 20, -1))); // flags
        refuses(
                "msr",
                "section msr/vp0: KVM refuses MSR 0x4b564d02",
                parts -> parts.values()
                        .computeIfPresent("0x4b564d02", (name, value) -> 0x30L)); // asynchronous page faults: reserved
    }

    private static byte[] with(byte[] bytes, int offset, int value) {
        byte[] changed = bytes.clone();
        java.nio.ByteBuffer.wrap(changed)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putInt(offset, value);
        return changed;
    }

    @Test
    @DisplayName("A counter that KVM cannot set back is refused, and otherwise taken")
    void counterAhead() throws Exception {
        SavedState ahead = Saved.with(
                good.state(),
                "tsc",
                s -> Optional.of(new Section(
                        "tsc", s.vp(), 1, Map.of("IA32_TIME_STAMP_COUNTER", vm.vm.guestTsc() + (1L << 50)), Map.of())));
        try (Handle device = KvmDevice.open(KvmDevice.DEFAULT)) {
            if (TscOffset.isProven(device, CpuidEntry.supported(device))) {
                vm.vm.restore(ahead);
                assertTrue(vm.vm.guestTsc() >= 1L << 50);
            } else {
                refuses(ahead, "section tsc: ");
            }
        }
    }

    @Test
    @DisplayName("Random damage ends in a line or in a VM that takes the undamaged state again")
    void random() throws Exception {
        Random random = new Random(5);
        for (int round = 0; round < 60; round++) {
            List<Section> sections = new ArrayList<>(good.state().sections());
            for (int i = random.nextInt(3); i >= 0; i--) {
                int index = random.nextInt(sections.size());
                sections.set(index, damaged(sections.get(index), random));
            }
            try {
                vm.vm.restore(new SavedState(sections));
            } catch (StateException e) {
                assertTrue(e.getMessage().startsWith("section "), e.getMessage());
            }
            vm.vm.restore(good.state());
        }
        assertEquals(steady(good.state()), steady(vm.vm.save()));
    }

    private static Section damaged(Section section, Random random) {
        Map<String, Long> values = new HashMap<>(section.values());
        Map<String, byte[]> bytes = new HashMap<>();
        section.bytes().forEach((name, value) -> {
            byte[] copy = value.clone();
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
            bytes.put(name, copy);
        });
        values.replaceAll((name, value) -> random.nextInt(8) == 0 ? value ^ 1L << random.nextInt(64) : value);
        return new Section(section.id(), section.vp(), section.version(), values, bytes);
    }
}
