package hv.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.snapshot.SnapshotFile.Contents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Files that keep every bound on bytes, and would become much more memory than they have bytes")
class SmallNamesTest {
    private static final int VPS = 64;

    @TempDir
    private Path folder;

    private static SnapshotHeader header() {
        return new SnapshotHeader("", "hosted", VPS, 1 << 20, 2_600_000_000L, Instant.EPOCH, false);
    }

    /** A file that no writer of ours makes: its state is written by {@code state}. */
    private String refused(Consumer<FrameWriter> state) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FrameWriter frames = new FrameWriter(out);
        frames.preface();
        frames.frame(FrameKind.HEADER, HeaderCodec.encode(header()));
        state.accept(frames);
        frames.end();
        Path file = Files.write(folder.resolve("hostile"), out.toByteArray());
        assertTrue(Files.size(file) < Bounds.stateBytes(VPS), "the bound on bytes is kept");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long before = used();
            String line = assertThrows(FormatException.class, () -> new SnapshotFile(channel).contents(null))
                    .getMessage();
            assertTrue(used() - before < 32 << 20, "what is held of it when it is refused");
            return line;
        }
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void section(FrameWriter out, String id, int vp, Map<String, Long> values) {
        try {
            // A budget for each: what is refused is the sum.
            StateBudget alone = new StateBudget(VPS);
            out.frame(FrameKind.MACHINE, SectionCodec.encode(new Section(id, vp, 1, values, Map.of()), alone));
        } catch (IOException | FormatException e) {
            throw new AssertionError(e);
        }
    }

    private static String letters(int number) {
        return new String(new char[] {(char) ('A' + number / 64 % 60), (char) ('A' + number % 58)});
    }

    @Test
    @DisplayName("Values with names of two letters are counted")
    void names() throws Exception {
        Map<String, Long> values = new TreeMap<>();
        for (int i = 0; i < 3_400; i++) {
            values.put(letters(i), 0L);
        }
        int sections = Bounds.names(VPS) / values.size() + 1;
        String line = refused(out -> {
            for (int i = 0; i < sections; i++) {
                section(out, "cpu" + i, 0, values);
            }
        });
        assertTrue(line.endsWith("the whole file has more than 81920 values and byte strings"), line);
        assertTrue(line.startsWith("section "), line);
    }

    @Test
    @DisplayName("Sections with nothing in them are counted")
    void sections() throws Exception {
        String line = refused(out -> {
            for (int i = 0; i < 200; i++) {
                for (int vp = 0; vp < VPS; vp++) {
                    section(out, "s" + i, vp, Map.of());
                }
            }
        });
        assertTrue(line.endsWith("the whole file has more than 5120 sections of state"), line);
    }

    @Test
    @DisplayName("Names that are all different are counted")
    void differentNames() throws Exception {
        String line = refused(out -> {
            for (int i = 0; i < 10; i++) {
                Map<String, Long> values = new TreeMap<>();
                for (int j = 0; j < 2_000; j++) {
                    values.put(i + "/" + j, 0L);
                }
                section(out, "cpu" + i, 0, values);
            }
        });
        assertTrue(line.endsWith("the whole file has more than 16384 different names"), line);
    }

    @Test
    @DisplayName("What cannot be read is not written either")
    void notWritten() {
        Map<String, Long> values = new TreeMap<>();
        for (int i = 0; i < 3_400; i++) {
            values.put(letters(i), 0L);
        }
        SavedState state = new SavedState(java.util.stream.IntStream.range(0, 30)
                .mapToObj(i -> new Section("cpu" + i, 0, 1, values, Map.of()))
                .toList());
        Contents contents = new Contents(header(), new SavedState(List.of()), state);
        String line = assertThrows(
                        FormatException.class,
                        () -> SnapshotFile.write(
                                new FrameWriter(java.io.OutputStream.nullOutputStream()), contents, null))
                .getMessage();
        assertEquals("the whole file has more than 81920 values and byte strings", line);
    }
}
