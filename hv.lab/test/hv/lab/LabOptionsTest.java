package hv.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.lab.rig.UnusableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabOptionsTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("Without words: all scenarios, two processors, a cache of the user's")
    void usual() throws UnusableException {
        LabOptions options = LabOptions.parse();
        assertEquals(2, options.smp());
        assertFalse(options.isShort() || options.isKept() || options.kernel().isPresent());
        assertTrue(options.cache().isAbsolute() && options.cache().endsWith("hv-lab"), options::toString);
        assertEquals(
                Scenarios.NAMES,
                Scenarios.chosen(options).stream().map(Scenario::name).toList());
    }

    @Test
    @DisplayName("Every option, with its value behind it or behind an equals sign")
    void all() throws Exception {
        Path kernel = Files.writeString(folder.resolve("vmlinuz"), "kernel");
        LabOptions options = LabOptions.parse(
                "--smp=1",
                "--short",
                "--only",
                "payload,linux",
                "--keep",
                "--cache",
                folder.toString(),
                "--minutes",
                "7",
                "--kernel",
                kernel.toString());
        assertEquals(1, options.smp());
        assertTrue(options.isShort() && options.isKept());
        assertEquals(List.of("payload", "linux"), options.only());
        assertEquals(folder, options.cache());
        assertEquals(7, options.minutes());
        assertEquals(kernel, options.kernel().orElseThrow());
    }

    @Test
    @DisplayName(
            "The short lab shows that our own guest and a stock Linux run; what is asked for by name runs in the usual order")
    void chosen() throws UnusableException {
        assertEquals(
                List.of("payload", "linux", "vmbus"),
                Scenarios.chosen(LabOptions.parse("--short")).stream()
                        .map(Scenario::name)
                        .toList());
        assertEquals(
                List.of("payload", "panic"),
                Scenarios.chosen(LabOptions.parse("--only", "panic,payload")).stream()
                        .map(Scenario::name)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fly|'--fly' is not an option; write --smp 1|2",
                "payload|'payload' is not an option; write --smp 1|2",
                "--smp|--smp needs a value; the lab knows --smp 1|2",
                "--smp 3|--smp takes a number from 1 to 2, not '3'",
                "--smp two|--smp takes a number from 1 to 2, not 'two'",
                "--minutes 0|--minutes takes a number from 1 to 600, not '0'",
                "--only payload,fly|--only takes names of payload, linux",
                "--cache /tmp/a,b|the cache's path may have letters",
                "--kernel /none/vmlinuz|--kernel /none/vmlinuz: there is no such file",
            })
    @DisplayName("What cannot be used is told in one line that says what to write")
    void unusable(String words, String begin) {
        String line = assertThrows(UnusableException.class, () -> LabOptions.parse(words.split(" ")))
                .getMessage();
        assertTrue(line.startsWith(begin), line);
        assertEquals(1, line.lines().count());
    }
}
