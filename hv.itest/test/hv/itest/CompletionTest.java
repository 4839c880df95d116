package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.launcher.options.RunOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script that {@code hv completion bash} prints, in a real bash. */
class CompletionTest {
    private static String script;

    @TempDir
    Path folder;

    @BeforeAll
    static void print() throws Exception {
        try (Gogo gogo = new Gogo()) {
            script = gogo.execute("hv:completion bash");
        }
    }

    @AfterAll
    static void forget() {
        script = null;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exp|explain",
                "explain hv-stimer-|hv-stimer-direct",
                "explain HV_X64_MSR_SINT1|HV_X64_MSR_SINT1 HV_X64_MSR_SINT10 HV_X64_MSR_SINT11 HV_X64_MSR_SINT12 HV_X64_MSR_SINT13 HV_X64_MSR_SINT14 HV_X64_MSR_SINT15",
                "why stimer-|stimer-direct",
                "cpuid --de|--decode",
                "check --cpu hv-stimer-|hv-stimer-direct",
                "check --cpu hv-relaxed,hv-vp|hv-relaxed,hv-vpindex",
                "check --cpu = hv-relaxed,hv-vp|hv-relaxed,hv-vpindex",
                "run --cpu hv-spinlocks = 0xfff,hv-vp|0xfff,hv-vpindex",
                "run --backend k|kvm",
                "cpuid --host a|amd",
                "msr re|read",
            })
    @DisplayName("The last word is completed: verbs, options, names, flags one behind the other")
    void completes(String words, String expected) throws Exception {
        assertEquals(
                expected,
                bash("COMP_WORDS=(./hv " + words
                        + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _hv; echo \"${COMPREPLY[@]}\""));
    }

    @Test
    @DisplayName("Every option that run knows is completed")
    void runOptions() throws Exception {
        String knows = assertThrows(IllegalArgumentException.class, () -> RunOptions.parse("--nothing"))
                .getMessage();
        String offered = bash("COMP_WORDS=(./hv run --); COMP_CWORD=2; _hv; echo \"${COMPREPLY[@]}\"");
        for (String option : knows.substring(knows.indexOf("it knows ") + "it knows ".length())
                .split(" ")) {
            assertTrue(List.of(offered.split(" ")).contains(option), option);
        }
    }

    private String bash(String commands) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
        Path file = folder.resolve("hv.bash");
        Files.writeString(file, script + commands + "\n");
        Process bash = new ProcessBuilder("/bin/bash", "--norc", file.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(bash.waitFor(30, TimeUnit.SECONDS));
        return printed.strip();
    }
}
