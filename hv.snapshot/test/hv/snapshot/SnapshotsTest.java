package hv.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import hv.snapshot.SnapshotFile.Contents;
import hv.testkit.Deployed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests that go into a file and come out of it. */
class SnapshotsTest {
    private static Deployed deployed;
    private static Hypervisor hypervisor;
    private static Snapshots snapshots;

    @TempDir
    private Path folder;

    @BeforeAll
    static void deploy() throws IOException {
        deployed = new Deployed();
        hypervisor = deployed.hypervisor();
        snapshots = new Snapshots(hypervisor);
    }

    @AfterAll
    static void close() throws IOException {
        deployed.close();
    }

    private static TestMachine machine() throws Exception {
        return new TestMachine(hypervisor, TestMachine.everything(hypervisor));
    }

    private String refused(TestMachine machine, Path file) {
        SavedState before = machine.partition.save();
        byte[] ram = machine.ram();
        String line = assertThrows(SnapshotException.class, () -> snapshots.restore(machine, file))
                .getMessage();
        assertEquals(before, machine.partition.save(), line);
        assertArrayEquals(ram, machine.ram(), line);
        assertFalse(machine.isPaused, line);
        assertEquals(1, line.lines().count(), line);
        return line;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    @DisplayName("A machine that takes a snapshot has the state, the memory and the TSC of the one that was saved")
    void elsewhere() throws Exception {
        Path file = folder.resolve("guest");
        try (TestMachine saved = machine().used();
                TestMachine other = machine()) {
            other.memory().putLong(0x4_0000, 7);
            snapshots.save(saved, file, true);
            assertFalse(saved.isPaused);
            snapshots.restore(other, file);
            assertFalse(other.isPaused);
            assertEquals(saved.partition.save(), other.partition.save());
            assertEquals(saved.save(), other.save());
            assertArrayEquals(saved.ram(), other.ram());
            assertEquals(List.of("guest"), files());
        }
    }

    @Test
    @DisplayName("Without memory the machine that was saved goes back to what it was, and its memory stays as it is")
    void inPlace() throws Exception {
        Path file = folder.resolve("guest");
        try (TestMachine machine = machine().used()) {
            SavedState before = machine.partition.save();
            snapshots.save(machine, file, false);
            machine.memory().putLong(0x4_0000, 7);
            machine.partition.vp(0).writeMsr(0x4000_0090, 0x77);
            snapshots.restore(machine, file);
            assertEquals(before, machine.partition.save());
            assertEquals(7, machine.memory().getLong(0x4_0000));
        }
    }

    @Test
    @DisplayName(
            "The header tells what machine is needed: flags, VPs, memory, back end, TSC frequency, and whether memory is in it")
    void header() throws Exception {
        Path file = folder.resolve("guest");
        try (TestMachine machine = machine().used()) {
            snapshots.save(machine, file, false);
            SnapshotHeader header = Snapshots.read(file);
            assertEquals(machine.partition.inspect().flags(), header.flags());
            assertEquals(TestMachine.VPS, header.vpCount());
            assertEquals(machine.memoryBytes(), header.memoryBytes());
            assertEquals("hosted", header.backEnd());
            assertEquals(2_600_000_000L, header.tscFrequencyHz());
            assertFalse(header.hasMemory());
        }
    }

    @Test
    @DisplayName("All vetoes are told at once, before anything is written")
    void vetoes() throws Exception {
        Path file = folder.resolve("guest");
        String flags = "hv-passthrough,hv-no-nonarch-coresharing=auto,hv-syndbg";
        try (TestMachine machine = new TestMachine(hypervisor, flags)) {
            String lines = assertThrows(SnapshotException.class, () -> snapshots.save(machine, file, true))
                    .getMessage();
            assertEquals(3, lines.lines().count(), lines);
            assertTrue(lines.contains("'hv-passthrough' CPU flag prevents migration"), lines);
            assertTrue(lines.contains("hv-no-nonarch-coresharing=auto"), lines);
            assertTrue(lines.contains("hv-syndbg"), lines);
            assertEquals(List.of(), files());
            snapshots.saveInSpiteOfVetoes(machine, file, true);
            snapshots.restore(machine, file);
        }
    }

    @Test
    @DisplayName("A machine with other flags, VPs or memory is told what differs")
    void misfits() throws Exception {
        Path file = folder.resolve("guest");
        String flags = "hv-vpindex,hv-enforce-cpuid";
        try (TestMachine saved = new TestMachine(hypervisor, flags);
                TestMachine otherOrder = new TestMachine(hypervisor, "hv-enforce-cpuid,hv-vpindex");
                TestMachine otherFlags = new TestMachine(hypervisor, "hv-time,hv-enforce-cpuid");
                TestMachine otherVps = new TestMachine(hypervisor, flags, 3, 1 << 20);
                TestMachine otherMemory = new TestMachine(hypervisor, flags, 2, 2 << 20)) {
            snapshots.save(saved, file, true);
            snapshots.restore(otherOrder, file);
            assertTrue(refused(otherFlags, file).contains("flags hv-enforce-cpuid,hv-vpindex, this"));
            assertTrue(refused(otherVps, file).endsWith("it was saved with VPs 2, this machine has 3"));
            assertTrue(refused(otherMemory, file)
                    .endsWith("it was saved with bytes of memory 1048576, this machine has 2097152"));
        }
    }

    @Test
    @DisplayName("A restore that the machine refuses half way leaves state and memory as they were")
    void refusedByMachine() throws Exception {
        Path file = folder.resolve("guest");
        try (TestMachine saved = machine().used();
                TestMachine other = machine()) {
            snapshots.save(saved, file, true);
            other.memory().putLong(0x6000, 0x1234);
            other.memory().putLong(0x5000, 0x5678);
            other.refuses = true;
            assertTrue(refused(other, file).endsWith("section apic/vp0: refused"));
            assertEquals(0x1234, other.memory().getLong(0x6000));
        }
    }

    @Test
    @DisplayName("A file that somebody changes while it is restored leaves state and memory as they were")
    void changedMeanwhile() throws Exception {
        Path file = folder.resolve("guest");
        try (TestMachine saved = machine().used();
                TestMachine other = machine()) {
            snapshots.save(saved, file, true);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 60] ^= 1;
            other.memory().putLong(0x6000, 0x1234);
            other.meanwhile = () -> overwrite(file, bytes);
            assertTrue(refused(other, file).endsWith("its checksum is wrong: the file is damaged"));
        }
    }

    private static void overwrite(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName(
            "On a host with another TSC frequency the guest is interrupted and keeps its own (TLFS Reenlightenment)")
    void otherFrequency() throws Exception {
        Path file = folder.resolve("guest");
        HostedHost faster = HostedHost.builder()
                .memoryBytes(1 << 20)
                .tscFrequencyHz(3_000_000_000L)
                .build();
        String flags = TestMachine.everything(hypervisor);
        try (TestMachine saved = machine().used();
                TestMachine other = new TestMachine(hypervisor, flags, TestMachine.VPS, faster)) {
            snapshots.save(saved, file, true);
            snapshots.restore(other, file);
            assertEquals(1, other.partition.vp(0).readMsr(0x4000_0108), "TSC_EMULATION_STATUS");
            assertTrue(faster.hostedApic(0).isRequested(0xE0), "the vector of REENLIGHTENMENT_CONTROL");
            assertEquals(2_600_000_000L, known(other));
        }
    }

    private static long known(TestMachine machine) {
        return Snapshots.header(machine, machine.partition.save(), false).tscFrequencyHz();
    }

    @Test
    @DisplayName("A file that cannot be written leaves the old one and nothing else, and the guest goes on")
    void failedWrite() throws Exception {
        Path file = folder.resolve("guest");
        try (TestMachine machine = machine().used();
                TestMachine broken = machine()) {
            snapshots.save(machine, file, true);
            byte[] old = Files.readAllBytes(file);
            broken.partition.close();
            SavedState tooLong = new SavedState(List.of(
                    new Section("uart", SavedState.PARTITION, 1, Map.of(), Map.of("Output", new byte[2 << 20]))));
            Contents contents =
                    new Contents(Snapshots.header(machine, machine.partition.save(), false), tooLong, tooLong);
            try (AtomicFile another = AtomicFile.of(file)) {
                assertThrows(
                        FormatException.class,
                        () -> another.write(
                                out -> SnapshotFile.write(new FrameWriter(out), contents, new Ram(machine))));
            }
            assertArrayEquals(old, Files.readAllBytes(file));
            assertEquals(List.of("guest"), files());
            String line = assertThrows(
                            SnapshotException.class,
                            () -> snapshots.save(machine, folder.resolve("none").resolve("guest"), true))
                    .getMessage();
            assertTrue(line.endsWith("there is no such file or folder"), line);
            assertFalse(machine.isPaused);
        }
    }

    @Test
    @DisplayName("What is no file is told in one line")
    void noFiles() throws Exception {
        try (TestMachine machine = machine()) {
            assertTrue(refused(machine, folder).endsWith("not a file"));
            assertTrue(refused(machine, folder.resolve("none")).endsWith("there is no such file or folder"));
            Path text = Files.writeString(folder.resolve("text"), "a text that is no snapshot");
            assertTrue(refused(machine, text).endsWith("it is no snapshot: it does not begin as one"));
            Path empty = Files.createFile(folder.resolve("empty"));
            assertTrue(refused(machine, empty).endsWith("it is no snapshot: shorter than any"));
        }
    }

    @Test
    @DisplayName("Sections of the next version, with names that nobody knows yet, are taken")
    void nextVersion() throws Exception {
        try (TestMachine saved = machine().used();
                TestMachine other = machine()) {
            Path file = Files.write(folder.resolve("next"), bytes(saved, 1));
            snapshots.restore(other, file);
            assertEquals(saved.partition.save(), other.partition.save());
            assertEquals(saved.save(), other.save());
            Path later = Files.write(folder.resolve("later"), bytes(saved, 2));
            assertTrue(refused(other, later).contains("has version"));
        }
    }

    private static byte[] bytes(TestMachine machine, int ahead) throws Exception {
        Contents contents = new Contents(
                Snapshots.header(machine, machine.partition.save(), true),
                ahead(machine.partition.save(), ahead),
                ahead(machine.save(), ahead));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SnapshotFile.write(new FrameWriter(out), contents, new Ram(machine));
        return out.toByteArray();
    }

    private static SavedState ahead(SavedState state, int ahead) {
        List<Section> sections = new ArrayList<>();
        for (Section section : state.sections()) {
            Map<String, Long> values = new TreeMap<>(section.values());
            values.put("OfTheNextVersion", 1L);
            sections.add(new Section(section.id(), section.vp(), section.version() + ahead, values, section.bytes()));
        }
        return new SavedState(sections);
    }
}
