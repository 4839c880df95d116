package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code hv cpuid} against what real KVM showed, and against itself. */
class CpuidCommandTest {
    private static final Path VECTORS = Shipped.WORKSPACE.resolve("hv.replay/vectors");
    private static final Pattern FLAGS = Pattern.compile("\"cpu\":\"([^\"]*)\"");
    private static final Pattern LEAF = Pattern.compile(
            "\"op\":\"cpuid\",\"leaf\":\"(0x[0-9a-f]+)\".*\"eax\":\"(0x[0-9a-f]+)\",\"ebx\":\"(0x[0-9a-f]+)\",\"ecx\":\"(0x[0-9a-f]+)\",\"edx\":\"(0x[0-9a-f]+)\"");
    private static final Pattern ROW =
            Pattern.compile("(0x[0-9a-f]{8}) +(0x[0-9a-f]{8}) +(0x[0-9a-f]{8}) +(0x[0-9a-f]{8}) +(0x[0-9a-f]{8})");

    private static Gogo gogo;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        gogo = new Gogo();
    }

    @AfterAll
    static void stop() throws Exception {
        gogo.close();
    }

    static List<Path> recordings() throws Exception {
        try (var files = Files.newDirectoryStream(VECTORS, "cpuid-*.jsonl")) {
            List<Path> all = new ArrayList<>();
            files.forEach(all::add);
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName(
            "The raw leaves are those that real KVM showed with the same flags on AMD; a leaf that is not shown is zero")
    void recorded(Path file) throws Exception {
        List<String> lines = Files.readAllLines(file);
        String flags = first(FLAGS, lines.getFirst()).group(1);
        Map<String, List<Long>> shown = leaves(gogo.execute("hv:cpuid --host amd --cpu '" + flags + "'"), ROW);
        Map<String, List<Long>> recorded = leaves(String.join("\n", lines), LEAF);
        assertTrue(recorded.size() > 5, file.toString());
        recorded.forEach((leaf, registers) ->
                assertEquals(registers, shown.getOrDefault(leaf, List.of(0L, 0L, 0L, 0L)), file + " " + leaf));
    }

    @Test
    @DisplayName("What it prints can be read back and gives the flags it was printed for, and no difference")
    void readsItself() throws Exception {
        String flags = "hv-vpindex,hv-synic,hv-time,hv-stimer,hv-spinlocks=0xfff";
        Path dump = folder.resolve("dump.txt");
        Files.writeString(dump, gogo.execute("hv:cpuid --cpu " + flags));
        String decoded = gogo.execute("hv:cpuid --decode " + dump);
        assertTrue(decoded.endsWith("\nflags: hv-stimer,hv-synic,hv-time,hv-vpindex,hv-spinlocks=0xfff\n"), decoded);
        assertTrue(
                gogo.execute("hv:cpuid --decode " + dump + " --diff " + flags).startsWith("the same leaves\n"),
                decoded);
    }

    private static Matcher first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertTrue(matcher.find(), text);
        return matcher;
    }

    private static Map<String, List<Long>> leaves(String text, Pattern pattern) {
        Map<String, List<Long>> leaves = new TreeMap<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            List<Long> registers = new ArrayList<>();
            for (int i = 2; i <= 5; i++) {
                registers.add(Long.decode(matcher.group(i)));
            }
            leaves.put(matcher.group(1), registers);
        }
        return leaves;
    }
}
