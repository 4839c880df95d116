package hv.lab.rig;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("cpio archives in the format newc (buffer-format.rst)")
class CpioTest {
    private static final int HEADER = 110;

    private record Entry(String name, int mode, int links, int major, int minor, byte[] content) {}

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Cpio cpio = new Cpio(out)) {
            cpio.folder("dev");
            cpio.device("dev/console", 5, 1);
            cpio.file("a", new byte[] {1, 2, 3, 4, 5});
            cpio.program("bin", "run".getBytes(StandardCharsets.US_ASCII));
            cpio.link("sh", "busybox");
        }
        return out.toByteArray();
    }

    /** Reads one as the kernel does: everything is found by the lengths in the headers. */
    private static List<Entry> read(byte[] archive) {
        List<Entry> entries = new ArrayList<>();
        int at = 0;
        while (at < archive.length) {
            assertEquals("070701", ascii(archive, at, 6));
            int[] fields = new int[13];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = Integer.parseInt(ascii(archive, at + 6 + 8 * i, 8), 16);
            }
            String name = ascii(archive, at + HEADER, fields[11] - 1);
            assertEquals(0, archive[at + HEADER + fields[11] - 1], "a name ends with a zero byte");
            int content = aligned(at + HEADER + fields[11]);
            entries.add(new Entry(
                    name,
                    fields[1],
                    fields[4],
                    fields[9],
                    fields[10],
                    Arrays.copyOfRange(archive, content, content + fields[6])));
            at = aligned(content + fields[6]);
        }
        return entries;
    }

    private static int aligned(int offset) {
        return offset + 3 & -4;
    }

    private static String ascii(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.US_ASCII);
    }

    @Test
    @DisplayName(
            "Entries are found where the lengths of those before say, with their kind in the mode, and a trailer ends them")
    void entries() throws IOException {
        List<Entry> entries = read(archive());
        assertEquals(
                List.of("dev", "dev/console", "a", "bin", "sh", "TRAILER!!!"),
                entries.stream().map(Entry::name).toList());
        assertEquals(
                List.of(0040755, 0020600, 0100644, 0100755, 0120777, 0),
                entries.stream().map(Entry::mode).toList());
        assertEquals(2, entries.getFirst().links());
        assertEquals(5, entries.get(1).major());
        assertEquals(1, entries.get(1).minor());
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, entries.get(2).content());
        assertEquals("busybox", new String(entries.get(4).content(), StandardCharsets.US_ASCII));
    }

    @Test
    @DisplayName("An archive ends at a multiple of 4 bytes, so that another can follow it")
    void aligned() throws IOException {
        assertEquals(0, archive().length % 4);
    }

    @Test
    @DisplayName("The same content gives the same bytes")
    void reproducible() throws IOException {
        assertArrayEquals(archive(), archive());
    }
}
