package hv.launcher.jail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit file, as systemd's own checker judges it; no service is started. */
class ServiceUnitTest {
    /** Of 10; what systemd calls SAFE ends at 2. */
    private static final double MOST_EXPOSED = 1.0;

    private static final Pattern LEVEL = Pattern.compile("Overall exposure level for .*: ([0-9.]+) ");
    private static final String FILTER = "SystemCallFilter=";

    @TempDir
    Path temporary;

    private List<String> lines;
    private Path unit;

    @BeforeEach
    void copy() throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "systemd-analyze"))),
                "systemd-analyze is not installed");
        lines = Files.readAllLines(Path.of("systemd/hv@.service"));
        // The program is looked for, and this machine's may lie elsewhere.
        String java = ProcessHandle.current().info().command().orElseThrow();
        unit = Files.write(
                temporary.resolve("hv@.service"),
                lines.stream()
                        .map(line -> line.replace("ExecStart=/usr/bin/java ", "ExecStart=" + java + " "))
                        .toList());
    }

    @Test
    @DisplayName("systemd-analyze verify has nothing to say")
    void verified() throws Exception {
        assertEquals(List.of(), analyze("verify", unit.toString()));
    }

    @Test
    @DisplayName("systemd-analyze security calls it safe: an exposure of at most 1.0 of 10")
    void exposure() throws Exception {
        String said = String.join("\n", analyze("security", "--offline=yes", unit.toString()));
        assumeTrue(!said.contains("unrecognized option"), "this systemd-analyze judges no files");
        Matcher level = LEVEL.matcher(said);
        assertTrue(level.find(), said);
        assertTrue(Double.parseDouble(level.group(1)) <= MOST_EXPOSED, level.group());
    }

    @Test
    @DisplayName(
            "Every system call that the jail lets through is let through by the unit, so what runs there runs here")
    void calls() throws Exception {
        Set<String> jail = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("jail/calls.txt"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                jail.add(line.split(" ")[0]);
            }
        }
        Map<String, Set<String>> groups = groups();
        for (String line : lines) {
            if (line.startsWith(FILTER + "~")) {
                refused(line, groups).forEach(call -> assertTrue(allowedLater(call) || !jail.contains(call), call));
            }
        }
        Set<String> allowed = new TreeSet<>();
        for (String line : lines) {
            if (line.startsWith(FILTER) && !line.startsWith(FILTER + "~")) {
                allowed.addAll(expanded(line.substring(FILTER.length()), groups));
            }
        }
        jail.removeAll(allowed);
        assertEquals(Set.of(), jail);
    }

    private boolean allowedLater(String call) {
        return Arrays.asList(lines.stream()
                        .filter(line -> line.startsWith(FILTER))
                        .toList()
                        .getLast()
                        .substring(FILTER.length())
                        .split(" "))
                .contains(call);
    }

    private static Set<String> refused(String line, Map<String, Set<String>> groups) {
        return expanded(line.substring(FILTER.length() + 1), groups);
    }

    private static Set<String> expanded(String words, Map<String, Set<String>> groups) {
        Set<String> calls = new TreeSet<>();
        for (String word : words.split(" ")) {
            if (word.startsWith("@")) {
                assertTrue(groups.containsKey(word), word);
                calls.addAll(expanded(String.join(" ", groups.get(word)), groups));
            } else {
                calls.add(word);
            }
        }
        return calls;
    }

    /** systemd's groups of calls: a line with the name, and indented lines with calls or groups. */
    private Map<String, Set<String>> groups() throws Exception {
        Map<String, Set<String>> groups = new HashMap<>();
        Set<String> group = new TreeSet<>();
        for (String line : analyze("syscall-filter")) {
            if (line.startsWith("@")) {
                group = new TreeSet<>();
                groups.put(line.strip(), group);
            } else if (line.startsWith(" ") && !line.strip().startsWith("#")) {
                group.add(line.strip());
            }
        }
        return groups;
    }

    private static List<String> analyze(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("systemd-analyze", "--no-pager"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SYSTEMD_COLORS", "0");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().toList();
    }
}
