package hv.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.host.Hypervisor;
import hv.snapshot.SnapshotFile.Contents;
import hv.testkit.Deployed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The committed snapshot of each format version, and beside it what is in it, as text. They pin the format: what was
 * written once is read for ever.
 *
 * <p>Run with {@code -Dhv.golden=write} after a new format version or a new enlightenment, and look at the difference
 * of the text before it is committed. Otherwise the same file is written to the folder of what is built, and read from
 * there.
 */
class GoldenTest {
    private static final Path FOLDER = Path.of("test/hv/snapshot/golden");
    private static final String NAME = "format-1";
    private static final long MEMORY_BYTES = 256 << 10;

    private static Deployed deployed;
    private static Hypervisor hypervisor;

    @BeforeAll
    static void deploy() throws IOException {
        deployed = new Deployed();
        hypervisor = deployed.hypervisor();
    }

    @AfterAll
    static void close() throws IOException {
        deployed.close();
    }

    @Test
    @DisplayName("The committed snapshot of format version 1 holds what the text beside it says")
    void values() throws Exception {
        assertEquals(Files.readString(FOLDER.resolve(NAME + ".txt")), text(FOLDER.resolve(NAME + ".hvsnap")));
    }

    @Test
    @DisplayName("The committed snapshot of format version 1 is restored, with every value it holds")
    void restored() throws Exception {
        restore(FOLDER.resolve(NAME + ".hvsnap"));
    }

    @Test
    @DisplayName("A snapshot of every enlightenment that is deployed, as it is committed, is written and restored")
    void written() throws Exception {
        Path folder = "write".equals(System.getProperty("hv.golden")) ? FOLDER : Path.of("generated/golden");
        Files.createDirectories(folder);
        Path file = folder.resolve(NAME + ".hvsnap");
        String flags = TestMachine.everything(hypervisor) + ",hv-syndbg,hv-no-nonarch-coresharing=on";
        try (TestMachine machine = new TestMachine(hypervisor, flags, TestMachine.VPS, MEMORY_BYTES)) {
            machine.used();
            SavedState partition = machine.partition.save();
            SnapshotHeader now = Snapshots.header(machine, partition, true);
            SnapshotHeader header = new SnapshotHeader(
                    now.flags(),
                    now.backEnd(),
                    now.vpCount(),
                    now.memoryBytes(),
                    now.tscFrequencyHz(),
                    Instant.EPOCH,
                    true);
            Contents contents = new Contents(header, partition, machine.save());
            try (AtomicFile golden = AtomicFile.of(file)) {
                golden.write(out -> SnapshotFile.write(new FrameWriter(out), contents, new Ram(machine)));
            }
        }
        Files.writeString(folder.resolve(NAME + ".txt"), text(file));
        restore(file);
    }

    private static void restore(Path file) throws Exception {
        SnapshotHeader header = Snapshots.read(file);
        try (TestMachine machine = machine(header)) {
            new Snapshots(hypervisor).restore(machine, file);
            Contents contents = contents(file, machine);
            assertHolds(contents.partition(), machine.partition.save());
            assertHolds(contents.machine(), machine.save());
            assertEquals(0x1122_3344_5566_7788L, machine.memory().getLong(0x9000));
            assertEquals(42, machine.memory().getLong(MEMORY_BYTES - 8));
        }
    }

    private static TestMachine machine(SnapshotHeader header) throws Exception {
        return new TestMachine(hypervisor, header.flags(), header.vpCount(), header.memoryBytes());
    }

    private static Contents contents(Path file, TestMachine machine) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new SnapshotFile(channel).contents(new Ram(machine));
        }
    }

    /** A later version of a section may hold more, and may have given up a value; what both have is the same. */
    private static void assertHolds(SavedState saved, SavedState restored) {
        Map<String, Section> sections = restored.sections().stream()
                .collect(Collectors.toMap(section -> SectionCodec.place(section.id(), section.vp()), found -> found));
        for (Section wanted : saved.sections()) {
            String place = SectionCodec.place(wanted.id(), wanted.vp());
            Section found = sections.get(place);
            assertNotNull(found, place);
            assertTrue(found.version() >= wanted.version(), place);
            Map<String, Long> values = new TreeMap<>(wanted.values());
            values.keySet().retainAll(found.values().keySet());
            values.forEach((name, value) -> assertEquals(value, found.values().get(name), place + " " + name));
            if (found.version() == wanted.version()) {
                assertEquals(wanted, found);
            }
        }
    }

    private static String text(Path file) throws Exception {
        SnapshotHeader header = Snapshots.read(file);
        List<String> lines = new ArrayList<>();
        lines.add("flags " + header.flags());
        lines.add("backEnd " + header.backEnd());
        lines.add("vpCount " + header.vpCount());
        lines.add("memoryBytes " + header.memoryBytes());
        lines.add("tscFrequencyHz " + header.tscFrequencyHz());
        lines.add("savedAt " + header.savedAt());
        lines.add("hasMemory " + header.hasMemory());
        try (TestMachine machine = machine(header)) {
            Contents contents = contents(file, machine);
            contents.partition().sections().forEach(section -> lines.addAll(lines("partition", section)));
            contents.machine().sections().forEach(section -> lines.addAll(lines("machine", section)));
        }
        return String.join("\n", lines) + "\n";
    }

    private static List<String> lines(String kind, Section section) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%s %s version %d".formatted(kind, SectionCodec.place(section.id(), section.vp()), section.version()));
        section.values().forEach((name, value) -> lines.add("  %s 0x%x".formatted(name, value)));
        section.bytes()
                .forEach((name, bytes) ->
                        lines.add("  %s %s".formatted(name, HexFormat.of().formatHex(bytes))));
        return lines;
    }
}
